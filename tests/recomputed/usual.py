"""What is usual of a series and how much it varies, by docs/metrics.md."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

FEWEST_WEEKS = 5


@dataclass(frozen=True)
class Point:
    """A day or a week of a series.

    Attributes:
        things: What is counted; for a week of days, without what is too much.
        base: What it is a share of; 1 for a count or an amount.
        trials: What chance decided about; 0 where that is not known.
        sends: Messages delivered, where the number depends on them.
        whole: What is counted, with what is too much.
    """

    things: float
    base: float
    trials: float
    sends: float | None
    whole: float


@dataclass(frozen=True)
class Usual:
    """The usual rate of earlier points, their spread and their number."""

    weeks: int
    rate: float | None
    spread: float | None
    mean_base: float
    mean_sends: float | None
    amount_of_one: float | None


class Kind:
    """How numbers of a unit vary."""

    def __init__(self, unit: str) -> None:
        """Take `ratio`, `count` or `money`."""
        self.unit = unit
        self.extra = 0.0 if unit == "money" else 3 / 8

    def root(self, things: float) -> float:
        """Twice the root, whose variance does not depend on the count."""
        return 2 * sqrt(max(things, 0) + self.extra)

    def least(self, usual: Usual, expected: float | None) -> float | None:
        """The least dispersion of an expected number."""
        if expected is None or usual.rate is None:
            return None
        if self.unit == "ratio":
            return max(1 - usual.rate, 0.05) + 0.1**2 * expected
        if self.unit == "count":
            return 1 + 0.05**2 * expected
        if usual.amount_of_one is None:
            return None
        return 2 * usual.amount_of_one + 0.05**2 * expected

    def usual(self, points: list[Point], recent: list[Point] | None = None) -> Usual:
        """What earlier points make usual; `recent` are the weeks right before, for an amount."""
        before = points if recent is None else recent
        trials = sum(one.trials for one in before)
        amount = sum(one.whole for one in before) / trials if trials else None
        weeks = len(points)
        bases = sum(one.base for one in points)
        sends = [one.sends for one in points if one.sends is not None]
        mean_sends = sum(sends) / len(sends) if sends else None
        mean_base = bases / weeks if weeks else 0.0
        if weeks < FEWEST_WEEKS:
            return Usual(weeks, None, None, mean_base, mean_sends, amount)
        kept = sorted(points, key=lambda one: (one.things / one.base, one.things, one.base))[1:-1]
        rate = sum(one.things for one in kept) / sum(one.base for one in kept)
        spread = self._spread(kept, weeks)
        return Usual(weeks, rate, spread, mean_base, mean_sends, amount)

    def _spread(self, kept: list[Point], weeks: int) -> float:
        roots = sum(2 * sqrt(one.base * (max(one.things, 0) + self.extra)) for one in kept)
        squares = 4 * sum(one.things + self.extra for one in kept)
        apart = squares - roots**2 / sum(one.base for one in kept)
        return max(0.0, apart) / (weeks - 3) * (1.15 + 6.5 / (weeks - 0.93))

    def score(self, things: float, expected: float | None, variance: float | None) -> float | None:
        """The distance from what is expected, in standard deviations."""
        if expected is None or not variance:
            return None
        return (self.root(things) - self.root(expected)) / sqrt(variance)


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of what is known."""
    known = [one for one in values if one is not None]
    return sum(known) / len(known) if known else None


def most(*values: float | None) -> float | None:
    """The largest of what is known."""
    return max((one for one in values if one is not None), default=None)
