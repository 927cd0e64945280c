"""The days of a flow, and what is worked out of them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


@dataclass(frozen=True)
class Day:
    """A whole day of a flow."""

    day: date
    triggers: int | None
    delivered: int | None
    clicks: int
    clickable: int
    revenue: Decimal
    others: int


@dataclass(frozen=True)
class Silence:
    """How long nothing has happened; without `active` nothing ever did."""

    active: date | None
    missed: Fraction
    silent_days: int
    last_month: int
    revenue: Decimal


def dispersion(days: list[Day]) -> Fraction:
    """How much more than chance the clicks of single days differ from what was expected."""
    clicks, sent = (sum(getattr(one, name) for one in days) for name in ("clicks", "clickable"))
    if not clicks:
        return Fraction(1)
    rate = Fraction(clicks, sent)
    squares = sum(((one.clicks - rate * one.clickable) ** 2 for one in days), Fraction())
    return max(Fraction(1), squares / clicks)
