"""Timestamps, local days and half-open windows.

Every timestamp the tap emits is UTC text ending in `Z`. A day is a day in the account's own
time zone and has 23, 24 or 25 hours.
"""

from __future__ import annotations

import re
import typing as t
from datetime import date, datetime, timedelta, timezone

import singer_sdk  # noqa: F401 - gives datetime.fromisoformat its `Z` on Python 3.10

if t.TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

UTC = timezone.utc
KLAVIYO_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d\+00:00")
"""Klaviyo's usual notation, which can be rewritten in half the time."""


class Window(t.NamedTuple):
    """A half-open span of time `[start, end)`, both in UTC."""

    start: datetime
    end: datetime

    def __str__(self) -> str:
        """`2026-01-01T00:00:00Z … 2026-01-08T00:00:00Z`."""
        return f"{to_z(self.start)} … {to_z(self.end)}"


def parse(text: str) -> datetime:
    """Parse any of the formats Klaviyo sends (`T` or space, `Z`, an offset or none) as UTC."""
    timestamp = datetime.fromisoformat(text)
    return timestamp.replace(tzinfo=UTC) if timestamp.tzinfo is None else timestamp.astimezone(UTC)


def to_z(timestamp: datetime) -> str:
    """Write a timestamp as `2026-01-31T08:15:00Z`, with microseconds only if it has some."""
    return timestamp.astimezone(UTC).isoformat().replace("+00:00", "Z")


def utc_text(text: str | None) -> str | None:
    """Rewrite a timestamp of Klaviyo's as UTC text with `Z`; None if there is none."""
    if not text:
        return None
    timestamp = parse(text)  # raises for days that do not exist
    return f"{text[:19]}Z" if KLAVIYO_TIMESTAMP.fullmatch(text) else to_z(timestamp)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The time at which a local day begins, in UTC.

    If clocks skip midnight, it is the time they skip to, as in Klaviyo's buckets.
    """
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def local_day(timestamp: datetime, zone: ZoneInfo) -> date:
    """The day a timestamp belongs to in a time zone."""
    return timestamp.astimezone(zone).date()


def spans(start: datetime, end: datetime, longest: timedelta) -> Iterator[Window]:
    """Cut `[start, end)` into windows of at most `longest`; none when it is empty."""
    while start < end:
        stop = min(start + longest, end)
        yield Window(start, stop)
        start = stop


def day_spans(start: datetime, end: datetime, days: int, zone: ZoneInfo) -> Iterator[Window]:
    """Cut `[start, end)` at local midnights into windows of at most `days` local days.

    `start` is moved back to the beginning of its local day, so that only the day of `end` is
    partial.
    """
    day = local_day(start, zone)
    while (begin := midnight(day, zone)) < end:
        day += timedelta(days=days)
        yield Window(begin, min(midnight(day, zone), end))


def quarter_spans(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[Window]:
    """The calendar quarters of a time zone that overlap `[start, end)`, each of them whole.

    The first one may begin before `start` and the last one end after `end`: a quarter is the
    same window in every run.
    """
    day = _quarter(local_day(start, zone))
    while (begin := midnight(day, zone)) < end:
        day = _quarter(day + timedelta(days=93))
        yield Window(begin, midnight(day, zone))


def _quarter(day: date) -> date:
    """The first day of a day's quarter."""
    return day.replace(month=day.month - (day.month - 1) % 3, day=1)
