"""Which days of the look-back need not be re-read: those whose metric aggregates are the same.

A day's events are left out of a run if its aggregates equal those of its last whole read, and if
that read is to be trusted: it found as many events as the aggregates count, and it was made so
long after the aggregates were first seen like this that what Klaviyo adds to events late, such as
attribution, was in them. In its last run within the look-back, a day is always read: what
aggregates do not show is then as it would be if every run had read it.
"""

from __future__ import annotations

import typing as t
from datetime import date, timedelta

from tap_klaviyo.times import Window, local_day, midnight, parse, to_z

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from tap_klaviyo.streams.aggregates.digests import DayDigests
    from tap_klaviyo.streams.items import Record
    from tap_klaviyo.streams.stream_run import StreamRun

SETTLED_AFTER = timedelta(hours=6)
"""Events have by then what aggregates show. Klaviyo promises attribution within three hours."""

Entry = dict[str, t.Any]
"""A day in the state: `digest` of its aggregates when it was last read whole, `since` when they
were seen like this, and whether that read `is_settled`."""


def may_skip(run: StreamRun, lists: str) -> bool:
    """Whether days may be left out, or a later run could leave out what this one reads.

    Args:
        run: A run of events.
        lists: The stream that lists each day's events: without it, only a day that is re-read
            tells which of its events are gone.
    """
    is_first = run.state.begins_at_start_date
    is_wanted = run.context.config["events_reread"] == "changed" or bool(run.state.days)
    return run.is_selected(lists) and is_wanted and not is_first


class Rereads:
    """What a run reads of the events of an account, and what the state is to keep of its days.

    Attributes:
        span: From where to where days are looked at.
        skipped: The days that are not re-read.
    """

    def __init__(self, run: StreamRun, digests: DayDigests | None) -> None:
        """Decide which days to read.

        Args:
            run: A run of events.
            digests: Those of the aggregates that this run has read before; None if it could not
                read all of them, or may not skip days.
        """
        self._run = run
        self._zone = run.account.zone
        self._digests = digests if digests and digests.read_until else None
        self._look_back = run.look_back("events_lookback_days")
        self.span = Window(self._start(), run.until)
        first = local_day(self.span.start, self._zone).isoformat()
        found = ((day, _checked(one)) for day, one in run.state.days.items() if day >= first)
        self._known = {day: one for day, one in found if one}
        self.skipped = frozenset(day for day, window in self._days() if self._skips(day, window))

    @property
    def windows(self) -> list[Window]:
        """What to read, in order: the span without the days that are skipped."""
        found: list[Window] = []
        for day, window in self._days():
            if day in self.skipped:
                continue
            if found and found[-1].end == window.start:
                found[-1] = Window(found[-1].start, window.end)
            else:
                found.append(window)
        return found

    def after(
        self, window: Window, listed: Iterable[Record], read_at: datetime
    ) -> dict[str, dict[str, Entry]]:
        """What the state is to keep once a window has been read.

        Args:
            window: The window.
            listed: The records of the days that it completed.
            read_at: When this run began to read events.
        """
        for day, _ in self._days(window):
            self._known.pop(day.isoformat(), None)
        for record in listed:
            entry = self._entry(record, read_at)
            if entry:
                self._known[record["date"]] = entry
        return {"days": dict(sorted(self._known.items()))}

    def _start(self) -> datetime:
        """Where to begin: with digests, at the beginning of a day, so that the day is read whole.

        No event before the start date is read.
        """
        since = self._run.since(self._look_back)
        if self._digests is None or not self._look_back:
            return since
        begin = midnight(local_day(since, self._zone), self._zone)
        return max(begin, min(self._run.context.start_date, since))

    def _days(self, span: Window | None = None) -> Iterator[tuple[date, Window]]:
        """The local days that a span touches, each with the part of it that lies in the span."""
        start, end = span or self.span
        day = local_day(start, self._zone)
        while start < end:
            day += timedelta(days=1)
            stop = min(midnight(day, self._zone), end)
            yield day - timedelta(days=1), Window(start, stop)
            start = stop

    def _skips(self, day: date, window: Window) -> bool:
        entry, bookmark = self._known.get(day.isoformat()), self._run.state.bookmark
        if self._run.context.config["events_reread"] != "changed" or not entry or not bookmark:
            return False
        digest = self._digests.of(day, window) if self._digests else None
        is_same = digest is not None and digest.text == entry["digest"]
        was_read = window.end <= bookmark and window.end < self._run.until
        is_read_later = day >= local_day(self._run.until - self._look_back, self._zone)
        return is_same and entry["is_settled"] and was_read and is_read_later

    def _entry(self, record: Record, read_at: datetime) -> Entry | None:
        before = _checked(self._run.state.days.get(record["date"]))
        if self._digests is None or self._digests.read_until is None:
            return None
        window = Window(parse(record["day_start"]), parse(record["day_end"]))
        digest = self._digests.of(date.fromisoformat(record["date"]), window)
        if digest is None:
            return None
        is_same = before is not None and before["digest"] == digest.text
        since = before["since"] if before and is_same else to_z(self._digests.read_until)
        is_old = read_at - parse(since) >= SETTLED_AFTER
        is_settled = is_old and digest.events == record["rows"]
        return {"digest": digest.text, "since": since, "is_settled": is_settled}


def _checked(entry: object) -> Entry | None:
    """An entry of the state; None for what another version or a hand wrote there."""
    is_known = isinstance(entry, dict) and {"digest", "since", "is_settled"} <= entry.keys()
    return t.cast("Entry", entry) if is_known else None
