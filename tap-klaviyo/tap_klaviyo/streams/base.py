"""What all streams have in common: a stream is a declaration and one method, `read`."""

from __future__ import annotations

import sys
import typing as t
from functools import cached_property

from singer_sdk import Stream
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.mapper import SameRecordTransform

from tap_klaviyo.client.errors import StreamFailed
from tap_klaviyo.streams.items import (
    Checkpoint,
    Item,
    Lines,
    Record,
    Records,
    in_lines,
    with_keys,
)
from tap_klaviyo.times import parse, to_z

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime, timedelta

    from singer_sdk.helpers import types

    from tap_klaviyo.account import Account
    from tap_klaviyo.run.run_stats import Tally
    from tap_klaviyo.tap import TapKlaviyo

__all__ = ["Checkpoint", "Item", "KlaviyoStream", "Lines", "Record", "Records"]

NOWHERE = "9999-12-31T00:00:00Z"
"""How far back a state goes that does not say so: no start date is later."""


class KlaviyoStream(Stream):
    """A stream over all accounts, with state per account.

    A subclass declares `name`, `primary_keys`, `schema` and either `read` or `read_with`.

    Attributes:
        read_with: Name of the stream whose requests bring this one's records along. Streams
            read together share the requests and move their bookmarks together.
        has_days: Whether its records belong to days of the account.
    """

    has_days = False
    read_with: str | None = None
    state_partitioning_keys = ("account_id",)
    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE  # `read` makes the types right

    _tap: TapKlaviyo

    def read(self, account: Account) -> Iterator[Item]:
        """Read everything that is new for one account.

        Runs in a thread of its own: it touches nothing but the account.

        Yields:
            Records in any order, and a checkpoint wherever the bookmark may move.

        Raises:
            KlaviyoError: Reading stops; what was yielded before the last checkpoint is kept.
        """
        raise NotImplementedError

    def items(self, account: Account) -> Iterator[Item]:
        """What `read` brings, less what may not leave the tap.

        A record without a value in one of its keys would stop the loader, for all brands. A
        bookmark may not move past a reading in which nothing could be understood.

        Raises:
            KlaviyoError: See `read`.
        """
        tally = account.tallies[self.name]
        if self.has_days:
            account.tell_zone(tally)
        for item in self.read(account):
            if isinstance(item, Records):
                yield self._with_keys(item, tally)
            elif not isinstance(item, Checkpoint) or not tally.is_senseless(self.name):
                yield item
        if tally.is_senseless(self.name):
            msg = f"Nothing that came of {self.name} could be understood."
            raise StreamFailed(msg)

    def _with_keys(self, item: Records, tally: Tally) -> Records:
        kept, missing = with_keys(item.records, self._tap.streams[item.stream].primary_keys)
        if missing is not None:
            kind = f"records of {item.stream}"
            tally.miss(kind, missing.why, missing, None, unknown=False)
        return Records(item.stream, kept)

    def left_out(self, account: Account) -> set[str]:
        """What earlier runs could not read and this one shall ask for again, by id."""
        return set(self.remembered(account).get("left_out") or ())

    def write(self, item: Records | Lines) -> int:
        """Emit records; returns how many.

        They go through the SDK where property selection or a stream map has something to do;
        where not (`is_passed_through`), a whole answer is encoded at once.
        """
        if isinstance(item, Records):
            if not self.is_passed_through:
                for record in item.records:
                    self._write_record_message(record)
                return len(item.records)
            item = in_lines(item)
        sys.stdout.write(item.text.decode())
        return item.size

    @cached_property
    def is_passed_through(self) -> bool:
        """Whether records leave as they are: all properties selected, no map, no flattening."""
        maps = self.stream_maps
        untouched = (type(m) is SameRecordTransform and not m.flattening_enabled for m in maps)
        return all(self.mask.values()) and all(untouched)

    @property
    def leader(self) -> KlaviyoStream:
        """The stream that does the reading for this one: itself, unless `read_with` says more."""
        if self.read_with is None:
            return self
        return t.cast("KlaviyoStream", self._tap.streams[self.read_with])

    @property
    def family(self) -> list[KlaviyoStream]:
        """The selected streams that are read together with this one, itself included."""
        streams = t.cast("Iterable[KlaviyoStream]", self._tap.streams.values())
        return [stream for stream in streams if stream.selected and stream.leader is self.leader]

    def bookmark(self, account: Account) -> datetime | None:
        """Where reading stopped last time, None if it must begin at the start date.

        A family starts where its most backward selected member is. A bookmark in the future,
        as other taps write them, counts as now: waiting for its time would read nothing.
        """
        values = [
            self._remembered(stream, account).get("replication_key_value") for stream in self.family
        ]
        if not all(values):
            return None
        return min(self._tap.until, *(parse(t.cast("str", value)) for value in values))

    def since(self, account: Account, look_back: timedelta) -> datetime:
        """The beginning of this run's reading: bookmark minus look-back, or the start date.

        Without a bookmark, and when the start date was moved back since, that is the start date;
        so it is for a state that does not say how far back it goes. A start date later than the
        bookmark leaves no gap behind.
        """
        bookmark = self.bookmark(account)
        start = self._tap.start_date
        if bookmark is None or start < self._covered_from(account):
            return start
        return max(bookmark - look_back, min(start, bookmark))

    def _covered_from(self, account: Account) -> datetime:
        states = (self._remembered(stream, account) for stream in self.family)
        return max(parse(state.get("covered_from") or NOWHERE) for state in states)

    def checkpoint(self, account: Account, point: Checkpoint) -> None:
        """Move the bookmark of the whole family.

        While a look-back is read again the bookmark stays, or a run that is stopped then would
        take it back; it goes back only where the history before an earlier start date is read.
        """
        start = to_z(self._tap.start_date)
        for stream in self.family:
            if stream.replication_key:
                state = stream.get_context_state(account.context)
                covered_from = state.get("covered_from") or NOWHERE
                reached = state.get("replication_key_value") if covered_from <= start else None
                furthest = min(parse(reached), self._tap.until) if reached else point.bookmark
                state["replication_key"] = stream.replication_key
                state["replication_key_value"] = to_z(max(point.bookmark, furthest))
                state["covered_from"] = min(start, covered_from)
                for name, value in (point.extra or {}).items():
                    state[name] = value
                    if not value:
                        del state[name]

    def remembered(self, account: Account) -> dict[str, t.Any]:
        """What the state holds for this stream's family and account; empty on the first run."""
        return self._remembered(self.family[0], account)

    @staticmethod
    def _remembered(stream: KlaviyoStream, account: Account) -> dict[str, t.Any]:
        partitions = stream.state_manager.get_state_partitions() or []
        found = (state for state in partitions if state.get("context") == account.context)
        return t.cast("dict[str, t.Any]", next(found, {}))

    # The SDK's own loop, used by `--test` and the SDK's test suite: one account after another.

    @property
    def partitions(self) -> list[dict[str, str]]:
        """One partition per account that could be opened."""
        return [account.context for account in self._tap.accounts]

    def get_records(self, context: types.Context | None) -> Iterator[Record]:
        """Read one account, this stream's records only."""
        account_id = (context or {}).get("account_id")
        for account in self._tap.accounts:
            if account.id == account_id:
                yield from self._own_records(account)

    def _own_records(self, account: Account) -> Iterator[Record]:
        for item in self.leader.items(account):
            if not isinstance(item, Checkpoint) and item.stream == self.name:
                yield from item.records

    def _increment_stream_state(
        self, latest_record: Record, *, context: types.Context | None = None
    ) -> None:
        """Records never move a bookmark, windows do: a future-dated event would wedge it."""
