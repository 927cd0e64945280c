"""The time a report is about: by key or by its two ends, and cut into intervals."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sandbox.server.errors import ApiError, bad_body

if TYPE_CHECKING:
    from collections.abc import Callable

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_YEAR = 366 * _DAY
_MOST = {"hourly": 7 * _DAY, "daily": 60 * _DAY, "weekly": _YEAR, "monthly": 364 * _DAY}
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_DECEMBER = 12


@dataclass(frozen=True)
class Timeframe:
    """From the first to the last second, both in the account's own wall-clock time."""

    start: datetime
    end: datetime

    def holds(self, wall: datetime) -> bool:
        """Whether a naive local time lies inside."""
        return self.start <= wall <= self.end


def read_timeframe(asked: object, interval: str, now: datetime) -> Timeframe:
    """Check a timeframe; `now` is the account's naive local time.

    An offset is ignored, as Klaviyo says; the end is the last second of its hour.
    """
    if not isinstance(asked, dict):
        raise _refused(detail="'timeframe' must have a key, or a start and an end")
    if asked.keys() == {"key"}:
        frame = _by_key(asked["key"], now)
    elif asked.keys() == {"start", "end"}:
        frame = Timeframe(_wall(asked["start"]), _wall(asked["end"]))
    else:
        raise _refused(detail="'timeframe' must have a key, or a start and an end")
    if frame.start >= frame.end:
        raise _refused(detail="The start of the timeframe must be before its end")
    _check_length(frame, interval)
    return Timeframe(frame.start, frame.end.replace(minute=59, second=59))


def _check_length(frame: Timeframe, interval: str) -> None:
    if frame.end - frame.start > _YEAR:
        raise _refused(detail="The timeframe may not be longer than 1 year")
    if interval and frame.end - frame.start > _MOST[interval]:
        days = _MOST[interval].days
        raise _refused(detail=f"The timeframe may not be longer than {days} days if {interval}")


def _wall(text: object) -> datetime:
    match = _TIME.fullmatch(str(text))
    try:
        return datetime.fromisoformat(match[1] if match else "")
    except ValueError as error:
        raise _refused(detail=f"Invalid datetime: '{text}'") from error


def _by_key(key: object, now: datetime) -> Timeframe:
    days = _KEYS.get(str(key))
    if days is None:
        raise _refused(detail=f"'{key}' is not a valid timeframe")
    first, last = days(now.date())
    return Timeframe(datetime.combine(first, time()), datetime.combine(last, time(23, 59, 59)))


def _last_days(count: int) -> Callable[[date], tuple[date, date]]:
    return lambda today: (today - (count - 1) * _DAY, today)


def _last_months(count: int) -> Callable[[date], tuple[date, date]]:
    def days(today: date) -> tuple[date, date]:
        month = today.year * _DECEMBER + today.month - 1 - count
        last = today.replace(day=1) - _DAY
        return date(month // _DECEMBER, month % _DECEMBER + 1, 1), last

    return days


def _week(today: date, back: int) -> tuple[date, date]:
    monday = today - (today.weekday() + 7 * back) * _DAY
    return monday, monday + 6 * _DAY


_KEYS: dict[str, Callable[[date], tuple[date, date]]] = {
    "today": _last_days(1),
    "yesterday": lambda today: (today - _DAY, today - _DAY),
    **{f"last_{count}_days": _last_days(count) for count in (7, 30, 90, 365)},
    **{f"last_{count}_months": _last_months(count) for count in (3, 12)},
    "last_month": _last_months(1),
    "this_week": lambda today: _week(today, 0),
    "last_week": lambda today: _week(today, 1),
    "this_month": lambda today: (
        today.replace(day=1),
        today.replace(day=monthrange(today.year, today.month)[1]),
    ),
    "this_year": lambda today: (today.replace(month=1, day=1), today.replace(month=12, day=31)),
    "last_year": lambda today: (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
}


def starts_of(frame: Timeframe, interval: str) -> list[datetime]:
    """Naive local starts of the intervals that a timeframe touches."""
    step = {"hourly": _HOUR, "daily": _DAY, "weekly": 7 * _DAY, "monthly": 32 * _DAY}[interval]
    moment = frame.start.replace(minute=0, second=0)
    if interval != "hourly":
        moment = moment.replace(hour=0)
    if interval == "weekly":
        moment -= moment.weekday() * _DAY
    if interval == "monthly":
        moment = moment.replace(day=1)
    found = []
    while moment <= frame.end:
        found.append(moment)
        moment += step
        moment = moment.replace(day=1) if interval == "monthly" else moment
    return found


def _refused(*, detail: str) -> ApiError:
    return bad_body(pointer="timeframe", detail=detail)
