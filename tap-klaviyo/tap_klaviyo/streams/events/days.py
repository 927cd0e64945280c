"""Which events each local day has: a day read to its end, with the ids of all its events.

Klaviyo does not report deletions, and a target may leave an unchanged row as it is. An event is
gone if its day was read whole and it was not there; `event_reads` is where both are told.
"""

from __future__ import annotations

import typing as t
from bisect import bisect_right
from datetime import timedelta

from singer_sdk import typing as th

from tap_klaviyo.streams.base import KlaviyoStream
from tap_klaviyo.streams.columns import ACCOUNT_ID, LIST, column
from tap_klaviyo.times import local_day, midnight, to_z

if t.TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime

    from tap_klaviyo.account import Account
    from tap_klaviyo.streams.items import Record
    from tap_klaviyo.times import Window

Seen = list[tuple[str | None, str]]
"""Timestamp (UTC text) and id of each event of a page."""


class EventReads(KlaviyoStream):
    """One record per local day of which all events were read, with their ids.

    An event of that day is gone if its id is missing here, unless it was read later than
    `read_at`. A day that was read in part keeps its record.
    """

    name = "event_reads"
    read_with = "events"
    primary_keys = ("account_id", "date")
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("date", "The day, in the account's time zone.", th.DateType, required=True),
        column("day_start", "Beginning of the day, UTC.", th.DateTimeType),
        column("day_end", "End of the day, exclusive, UTC.", th.DateTimeType),
        column("read_at", "When the run began to read events, UTC.", th.DateTimeType),
        column("rows", "Number of its events.", th.IntegerType),
        column("ids", "Ids of all its events, sorted.", LIST),
    ).to_dict()


class DaysRead:
    """Collects the ids of events while windows are read in order."""

    def __init__(
        self,
        account: Account,
        span: Window,
        read_at: datetime,
        skipped: Collection[date] = (),
    ) -> None:
        """Prepare for windows.

        Args:
            account: The account.
            span: From where to where windows will come.
            read_at: When reading began.
            skipped: Days that will not be read: they keep the list they have.
        """
        self._account = account
        self._read_at = read_at
        day = local_day(span.start, account.zone)
        self._days = [day]
        self._starts = [midnight(day, account.zone)]
        while self._starts[-1] < span.end:
            day += timedelta(days=1)
            self._days.append(day)
            self._starts.append(midnight(day, account.zone))
        # Without `Z`: a fraction of a second sorts before it.
        self._texts = [to_z(start)[:-1] for start in self._starts]
        self._ids: list[list[str] | None] = [None if day in skipped else [] for day in self._days]
        if self._starts[0] < span.start:
            self._ids[0] = None
        self._next = 0

    def add(self, window: Window, pages: Iterable[Seen | None]) -> list[Record]:
        """Add a window that was read; returns the records of the days that ended with it.

        Args:
            window: It begins where the last one ended, or where days that are skipped end.
            pages: The events of each page; None if one of them has no id or no valid timestamp,
                so that nothing is known of the days of this window.
        """
        for seen in pages:
            if seen is None:
                self._forget(window)
                continue
            for moment, ident in seen:
                place = bisect_right(self._texts, moment) - 1 if moment else -1
                ids = self._ids[place] if place >= 0 else None
                if ids is not None:
                    ids.append(ident)
        return self._ended(window)

    def _forget(self, window: Window) -> None:
        for place, (start, end) in enumerate(zip(self._starts, self._starts[1:], strict=False)):
            if start < window.end and window.start < end:
                self._ids[place] = None

    def _ended(self, window: Window) -> list[Record]:
        records = []
        while self._next + 1 < len(self._starts) and self._starts[self._next + 1] <= window.end:
            ids = self._ids[self._next]
            if ids is not None:
                records.append(self._record(self._next, sorted(set(ids))))
            self._ids[self._next] = None
            self._next += 1
        return records

    def _record(self, place: int, ids: list[str]) -> Record:
        return {
            "account_id": self._account.id,
            "date": self._days[place].isoformat(),
            "day_start": to_z(self._starts[place]),
            "day_end": to_z(self._starts[place + 1]),
            "read_at": to_z(self._read_at),
            "rows": len(ids),
            "ids": ids,
        }
