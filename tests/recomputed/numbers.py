"""Numbers that may be unknown."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


def total(values: Iterable[Any]) -> Any:
    """The sum; unknown (None) if one of them is."""
    found = list(values)
    return None if None in found else sum(found, 0)


def rounded(value: Any, places: int) -> Decimal | None:
    """A number to so many places, half away from zero."""
    if value is None:
        return None
    scaled = abs(Fraction(value)) * 10**places
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(-units if value < 0 else units).scaleb(-places)


def rate(part: Any, whole: Any, places: int = 6) -> Decimal | None:
    """A sum over a sum; none if there is nothing to divide by."""
    if part is None or not whole:
        return None
    return rounded(Fraction(part) / Fraction(whole), places)


def money(value: Any) -> Decimal | None:
    """An amount to four places."""
    return None if value is None else Decimal(value).quantize(Decimal("0.0001"), ROUND_HALF_UP)
