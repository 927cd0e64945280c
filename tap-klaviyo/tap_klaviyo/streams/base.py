"""The base class of all streams: a stream is a declaration, checked when its class is created."""

from __future__ import annotations

import sys
import typing as t
from functools import cached_property, partial

from singer_sdk import Stream
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.mapper import SameRecordTransform

from tap_klaviyo.client.errors import StreamFailed
from tap_klaviyo.client.jsonapi import data_of, record_of
from tap_klaviyo.streams.declaration import check_declaration
from tap_klaviyo.streams.items import Checkpoint, Records, encode, split_by_key
from tap_klaviyo.streams.state import StateSnapshot, move_bookmark
from tap_klaviyo.streams.stream_run import StreamRun
from tap_klaviyo.streams.tagged import tag_ids, tagged_pages

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime, timedelta

    from singer_sdk.helpers import types

    from tap_klaviyo.account import Account
    from tap_klaviyo.client.endpoint import Endpoint
    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.streams.items import EncodedRecords, Item, Record
    from tap_klaviyo.tap import TapKlaviyo


class Incremental(t.NamedTuple):
    """How a listing is limited to what changed since the bookmark.

    Attributes:
        newer: The filter operator that the endpoint has for the replication key.
        overlap: Changes in this span before the bookmark are re-read.
    """

    newer: Callable[[str, datetime], str]
    overlap: timedelta


class KlaviyoStream(Stream):
    """A stream over all accounts, with state per account.

    A subclass declares `name`, `primary_keys`, `schema` and either `endpoint`, whose listing is
    then read, or a `read` of its own, or `read_with`. One that is only a base for others is
    declared with `abstract=True`.

    Attributes:
        endpoint: The endpoint it reads, with its rate limits, page size and scope.
        params: Query parameters of the listing.
        incremental: How the listing is limited to changes; None to read it whole every run.
        read_with: Name of the stream whose requests deliver this one's records. Streams read
            together share the requests and move their bookmarks together.
        has_tags: Whether its items can have tags; they have a column `tag_ids`.
        has_days: Whether its records belong to days in the account's time zone.
        reads_after: Name of the stream that has to be read before it, if it `waits`.
    """

    endpoint: t.ClassVar[Endpoint]
    params: t.ClassVar[dict[str, str]] = {}
    incremental: t.ClassVar[Incremental | None] = None
    read_with: t.ClassVar[str | None] = None
    has_tags: t.ClassVar[bool] = False
    has_days: t.ClassVar[bool] = False
    reads_after: t.ClassVar[str | None] = None

    state_partitioning_keys = ("account_id",)
    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE  # `record` returns the right types

    _tap: TapKlaviyo

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: t.Any) -> None:  # noqa: ANN401
        """Check the declaration.

        Raises:
            TypeError: It is incomplete.
        """
        super().__init_subclass__(**kwargs)
        if not abstract:
            check_declaration(cls, KlaviyoStream.read)

    # In the thread of a job

    def read(self, run: StreamRun) -> Iterator[Item]:
        """Read everything that is new for one account: here, the endpoint's listing.

        It runs in the thread of a job and uses nothing but the run.

        Yields:
            Records in any order, and a checkpoint wherever the bookmark may move.

        Raises:
            KlaviyoError: Reading stops; what was yielded before the last checkpoint is kept.
        """
        params = {**self.params, **self._changes(run)}
        pages = tagged_pages if self.has_tags else StreamRun.pages
        for page in pages(run, self.endpoint, params):
            convert = partial(self.record, run)
            yield Records(self.name, run.convert(data_of(page), convert))
        if self.incremental:
            yield run.end(tagged=self.has_tags)

    def record(self, run: StreamRun, item: Resource) -> Record:
        """Turn a resource into a record: by default, the attribute of each column's name."""
        found = record_of(run.account.id, item, self.schema)
        return {**found, "tag_ids": tag_ids(run, item)} if self.has_tags else found

    def _changes(self, run: StreamRun) -> dict[str, str]:
        """The filter for what changed; none if all is listed."""
        if self.incremental is None or run.state.lists_all(with_tags=self.has_tags):
            return {}
        since = run.since(self.incremental.overlap)
        return {"filter": self.incremental.newer(str(self.replication_key), since)}

    def items(self, run: StreamRun) -> Iterator[Item]:
        """What `read` yields, less what may not leave the tap.

        A record without a value for a key would stop the loader, for all accounts. A bookmark
        may not move past a response of which nothing could be parsed.

        Raises:
            KlaviyoError: See `read`.
        """
        if self.has_days:
            run.account.warn_unknown_zone(run.stats)
        for item in self.read(run):
            if isinstance(item, Records):
                yield _identifiable(item, run)
            elif not isinstance(item, Checkpoint) or not run.stats.nothing_parsed(self.name):
                yield item
        if run.stats.nothing_parsed(self.name):
            msg = f"Nothing that Klaviyo sent for {self.name} could be parsed. Please report this."
            raise StreamFailed(msg)

    def waits(self, run: StreamRun) -> bool:  # noqa: ARG002 - some streams wait in some runs
        """Whether a run of this stream begins when that of `reads_after` has ended."""
        return self.reads_after is not None

    # On the main thread

    def start(self, account: Account) -> StreamRun:
        """Prepare to read an account, with this stream and those read along with it."""
        family = self.family
        return StreamRun(
            account=account,
            stream=self.name,
            endpoint=t.cast("Endpoint", getattr(self, "endpoint", None)),  # the run log has none
            context=self._tap.run_context,
            state=self._snapshot(account, family),
            selected=frozenset(stream.name for stream in family),
            keys={stream.name: stream.primary_keys for stream in self._read_together()},
            is_passed_through=self.is_passed_through,
        )

    def _snapshot(self, account: Account, family: list[KlaviyoStream]) -> StateSnapshot:
        states = tuple(
            dict(stream.state_of(account)) for stream in family if stream.replication_key
        )
        context = self._tap.run_context
        return StateSnapshot(states, context.start_date, context.until)

    def state_of(self, account: Account) -> dict[str, t.Any]:
        """This stream's part of the SDK's state for an account; empty in a first run."""
        partitions = self.state_manager.get_state_partitions() or []
        found = (state for state in partitions if state.get("context") == account.context)
        return t.cast("dict[str, t.Any]", next(found, {}))

    def write(self, item: Records | EncodedRecords) -> int:
        """Emit records; returns how many.

        They go through the SDK if property selection or a stream map has something to do. If not
        (`is_passed_through`), all records of a response are encoded in one call.
        """
        if isinstance(item, Records):
            if not self.is_passed_through:
                for record in item.records:
                    self._write_record_message(record)
                return len(item.records)
            item = encode(item)
        sys.stdout.write(item.lines.decode())
        return item.size

    @cached_property
    def is_passed_through(self) -> bool:
        """Whether records leave unchanged: all properties selected, no map, no flattening."""
        maps = self.stream_maps
        untouched = (type(m) is SameRecordTransform and not m.flattening_enabled for m in maps)
        return all(self.mask.values()) and all(untouched)

    def checkpoint(self, context: dict[str, str], point: Checkpoint) -> None:
        """Move the bookmarks of all streams read together, for one account."""
        start, until = self._tap.start_date, self._tap.until
        for stream in self.family:
            if stream.replication_key:
                state = stream.get_context_state(context)
                move_bookmark(state, stream.replication_key, point, start, until)

    @property
    def leader(self) -> KlaviyoStream:
        """The stream that does the reading: this one, unless `read_with` names another."""
        if self.read_with is None:
            return self
        return t.cast("KlaviyoStream", self._tap.streams[self.read_with])

    @property
    def family(self) -> list[KlaviyoStream]:
        """The selected streams that are read together with this one, itself included."""
        return [stream for stream in self._read_together() if stream.selected]

    def _read_together(self) -> list[KlaviyoStream]:
        streams = t.cast("Iterable[KlaviyoStream]", self._tap.streams.values())
        return [stream for stream in streams if stream.leader is self.leader]

    # The SDK's own loop, used by its test suite: one account after another

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
        for item in self.leader.items(self.leader.start(account)):
            if not isinstance(item, Checkpoint) and item.stream == self.name:
                yield from item.records

    def _increment_stream_state(
        self, latest_record: Record, *, context: types.Context | None = None
    ) -> None:
        """Do nothing: windows move bookmarks, records do not. A future-dated one would block it."""


def _identifiable(item: Records, run: StreamRun) -> Records:
    """The records that have a value for every key; the others are reported."""
    kept, missing = split_by_key(item.records, run.keys[item.stream])
    if missing is not None:
        kind = f"records of {item.stream}"
        run.stats.record_missing(kind, missing.why, missing, None, unparsed=False)
    return Records(item.stream, kept)
