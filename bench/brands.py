"""Invented shops and senders for `bench.judgement`: days of orders and sends."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

DAY = timedelta(days=1)
FIRST, LAST = date(2025, 3, 1), date(2026, 4, 5)
# Sales of five days, four times as much as usual: one of them in the history.
BLACK_FRIDAY = date(2025, 11, 27)
WEEKDAYS = (1.0, 0.9, 0.95, 1.0, 1.15, 1.3, 0.7)
CHANGE_DAYS = 60
ORDER = 70.0

# By the day since it began, what is left of the usual.
SHAPES: dict[str, Callable[[int], float]] = {
    "-30 %": lambda _: 0.7,
    "-50 %": lambda _: 0.5,
    "-80 %": lambda _: 0.2,
    "none at all": lambda _: 0.0,
    "-30 % over 60 days": lambda day: 1 - 0.3 * day / CHANGE_DAYS,
}


@dataclass
class Plot:
    """What changes: from a day on, in this shape; nothing without."""

    shape: str = ""
    begins: date = date(2026, 2, 3)

    def left(self, day: date) -> float:
        """What is left of the usual."""
        since = (day - self.begins).days
        return SHAPES[self.shape](since) if self.shape and since >= 0 else 1.0


@dataclass
class Shop:
    """A shop with so many orders a day; `noise` is the spread of what comes on top of chance."""

    account: str
    orders: float
    noise: float
    plot: Plot = field(default_factory=Plot)
    growth: float = 0.0

    def days(self, dice: random.Random) -> Iterator[tuple[date, int, float]]:
        """Day, orders and their amount."""
        for day in _days(self.last):
            grown = (1 + self.growth) ** ((day - FIRST).days / 365)
            sale = 4 if BLACK_FRIDAY <= day < BLACK_FRIDAY + 5 * DAY else 1
            mean = self.orders * WEEKDAYS[day.weekday()] * grown * sale * self.plot.left(day)
            count = chance(dice, mean * noise(dice, self.noise))
            yield day, count, sum(dice.lognormvariate(4.05, 0.63) for _ in range(count))

    @property
    def last(self) -> date:
        """Its last day: the change's, or that of the history."""
        return self.plot.begins + (CHANGE_DAYS - 1) * DAY if self.plot.shape else LAST


@dataclass
class Sender:
    """A newsletter each Tuesday, but in one of `skips` weeks, and flows every day.

    Attributes:
        change: By what a rate is multiplied from `begins` on.
    """

    account: str
    noise: float
    skips: int = 8
    begins: date = date(2026, 2, 3)
    change: dict[str, float] = field(default_factory=dict)

    RATES = {"opened": 0.35, "clicked": 0.06, "bounced": 0.01, "spam": 0.002, "left": 0.005}  # noqa: RUF012

    @property
    def last(self) -> date:
        """The last day."""
        return self.begins + (CHANGE_DAYS - 1) * DAY if self.change else LAST

    def sends(self, dice: random.Random) -> Iterator[tuple[str, date, int, dict[str, int]]]:
        """Message, day, how many were delivered, and what became of them."""
        skipped = dice.randrange(self.skips)
        for day in _days(self.last):
            yield self._send(dice, "flow", day, 30, 1.6)
            week = (day - FIRST).days // 7
            if day.weekday() == 1 and week % self.skips != skipped:
                yield self._send(dice, f"news-{day}", day, 1200, 1.0)

    def _send(
        self, dice: random.Random, message: str, day: date, size: int, more: float
    ) -> tuple[str, date, int, dict[str, int]]:
        size = max(5, chance(dice, size))
        came = {}
        for name, rate in self.RATES.items():
            changed = self.change.get(name, 1.0) if day >= self.begins else 1.0
            likely = rate * more * changed * noise(dice, self.noise)
            came[name] = min(size, chance(dice, size * likely))
        return message, day, size, came


def _days(last: date) -> Iterator[date]:
    day = FIRST
    while day <= last:
        yield day
        day += DAY


def chance(dice: random.Random, mean: float) -> int:
    """How many come of a mean, if each comes by itself (Poisson; the normal for large means)."""
    if mean > 60:  # noqa: PLR2004
        return max(0, round(dice.gauss(mean, mean**0.5)))
    count, left = 0, dice.expovariate(1)
    while left < mean:
        count, left = count + 1, left + dice.expovariate(1)
    return count


def noise(dice: random.Random, spread: float) -> float:
    """A factor around 1."""
    return dice.gammavariate(spread**-2, spread**2) if spread else 1.0
