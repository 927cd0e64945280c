"""Scores of the days, weeks and months of a series, by docs/metrics.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from math import sqrt
from typing import TYPE_CHECKING

from tests.recomputed import seeds
from tests.recomputed.brand import DAY
from tests.recomputed.usual import Kind, Point, Usual, mean, most

if TYPE_CHECKING:
    from collections.abc import Iterable

LAGS = {"day": 7, "week": 7, "month": 28, "decline": 56}


@dataclass(frozen=True)
class Test:
    """One kind of test of one day: things and not rates, whatever the unit."""

    day: date
    kind: str
    actual: float
    expected: float
    base: float
    weeks: int
    score: float
    last_change: float | None = None

    @property
    def change(self) -> float | None:
        """Relative change; none from nothing."""
        return (self.actual - self.expected) / abs(self.expected) if self.expected else None


@cache
def _holidays() -> dict[date, str]:
    found: dict[date, str] = {}
    for row in seeds.rows("holidays"):
        day = date.fromisoformat(row["first_day"])
        while day <= date.fromisoformat(row["last_day"]):
            found[day] = min(row["usual"], found.get(day, row["usual"]))
            day += DAY
    return found


class Days:
    """A series of days: each against the same weekday of the weeks before."""

    def __init__(self, kind: Kind, points: dict[date, Point]) -> None:
        """Judge every day, in order."""
        self.kind, self.points = kind, points
        self.usual = {day: kind.usual(list(_earlier(points, day, LAGS["day"]))) for day in points}
        self.dispersion = {day: self._dispersion(day) for day in points}

    def _dispersion(self, day: date) -> float | None:
        usual = self.usual
        before = mean(usual[one].spread for one in _between(usual, day, 27, 21))
        if before is None:
            before = mean(usual[one].spread for one in _between(usual, day, 6, 0))
        return most(before, self.kind.least(usual[day], usual[day].rate))

    def score(self, day: date) -> float | None:
        """How far a day is from the usual; 0 for what a holiday explains."""
        things, expected = self.points[day].things, self.usual[day].rate
        expects = _holidays().get(day)
        if expected is not None and (
            (expects == "more" and things > expected) or (expects == "less" and things < expected)
        ):
            return 0.0
        return self.kind.score(things, expected, self.dispersion[day])

    def cut(self, day: date) -> float:
        """What a day counts in weeks and months."""
        things, expected = self.points[day].things, self.usual[day].rate
        variance, expects = self.dispersion[day], _holidays().get(day)
        if expected is None:
            return things
        if expects == "more":
            return min(things, expected)
        if expects == "less":
            return max(things, expected)
        if not variance:
            return things
        root = sqrt(max(expected, 0) + self.kind.extra)
        return min(things, (root + 1.5 * sqrt(variance)) ** 2)

    def weeks(self) -> dict[date, Point]:
        """The sums of 7 days in a row."""
        found = {}
        for day in self.points:
            days = [day - number * DAY for number in range(7)]
            if all(one in self.points for one in days):
                points = [self.points[one] for one in days]
                sends = [one.sends for one in points if one.sends is not None]
                found[day] = Point(
                    sum(map(self.cut, reversed(days))), 1.0, sum(one.trials for one in points),
                    sum(sends) if sends else None, sum(one.things for one in points),
                )  # fmt: skip
        return found

    def tests(self) -> Iterable[Test]:
        """A test of each day that can be judged: none until a week is known."""
        for day in self.weeks():
            point, usual, score = self.points[day], self.usual[day], self.score(day)
            if usual.rate is not None and score is not None:
                yield Test(day, "day", point.things, usual.rate, 1.0, usual.weeks, score)


class Weeks:
    """A series of weeks: each, and four together, against the weeks before."""

    def __init__(self, kind: Kind, points: dict[date, Point], days: Days | None) -> None:
        """Find what is usual of each week; `days` are those that it is made of."""
        self.kind, self.points, self.days = kind, points, days
        self.usual: dict[str, dict[date, Usual]] = {"week": {}, "month": {}, "decline": {}}
        for day in points:
            recent = list(_earlier(points, day, LAGS["week"]))
            for name, found in self.usual.items():
                found[day] = kind.usual(list(_earlier(points, day, LAGS[name])), recent)

    def tests(self) -> Iterable[Test]:
        """All tests that can be judged."""
        for day, point in self.points.items():
            yield from self._test("week", day, point, 1)
            ones = [self.points.get(day - 7 * number * DAY) for number in range(4)]
            weeks = [one for one in ones if one is not None]
            if len(weeks) == 4:
                for name in ("month", "decline"):
                    yield from self._test(name, day, _together(weeks), 4)

    def _test(self, name: str, day: date, point: Point, of_weeks: int) -> Iterable[Test]:
        usual = self.usual[name][day]
        expected = self._expected(usual, point, of_weeks)
        variance = self._dispersion(name, day)
        if name != "week" and variance is not None:
            variance *= 1.15
        score = self.kind.score(point.things, expected, variance)
        if expected is None or score is None:
            return
        actual = point.things if point.things < expected else point.whole
        last = self.points[day]
        last_usual = (usual.rate or 0) * last.base
        last_change = last.things / last_usual - 1 if last_usual else None
        yield Test(day, name, actual, expected, point.base, usual.weeks, score, last_change)

    def _expected(self, usual: Usual, point: Point, of_weeks: int) -> float | None:
        if usual.rate is None or point.base < of_weeks * usual.mean_base / 2:
            return None
        expected = usual.rate * point.base
        if point.sends is None or not usual.mean_sends:
            return expected
        explained = expected * point.sends / (of_weeks * usual.mean_sends)
        least, highest = sorted((expected, explained))
        return max(least, min(point.things, highest))

    def _dispersion(self, name: str, day: date) -> float | None:
        def before(kind: str) -> float | None:
            found = self.usual[kind]
            return mean(found[one].spread for one in _between(found, day, 6, 0))

        usual = self.usual["decline" if name == "decline" else "week"][day]
        expected = None if usual.rate is None else usual.rate * self.points[day].base
        least = self.kind.least(usual, expected)
        if name == "decline":
            return most(before("decline"), least)
        spread = before("month")
        spread = before("week") if spread is None else spread
        return most(spread, self.days.dispersion[day] if self.days else None, least)


def _earlier(points: dict[date, Point], day: date, lag: int) -> Iterable[Point]:
    """Those of twelve weeks before that exist, of the same weekday."""
    for number in range(12):
        found = points.get(day - (lag + 7 * number) * DAY)
        if found is not None:
            yield found


def _between(known: dict[date, Usual], day: date, first: int, last: int) -> Iterable[date]:
    days = (day - number * DAY for number in range(last, first + 1))
    return (one for one in days if one in known)


def _together(weeks: list[Point]) -> Point:
    sends = [one.sends for one in weeks if one.sends is not None]
    return Point(
        sum(one.things for one in weeks), sum(one.base for one in weeks),
        sum(one.trials for one in weeks), sum(sends) if sends else None,
        sum(one.whole for one in weeks),
    )  # fmt: skip
