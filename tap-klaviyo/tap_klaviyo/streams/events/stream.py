"""Events: what each profile did, and the message Klaviyo attributes it to."""

from __future__ import annotations

import typing as t
from datetime import datetime
from functools import partial

from singer_sdk import typing as th

from tap_klaviyo.client.endpoint import Endpoint
from tap_klaviyo.client.filters import all_of, greater_or_equal, less_than
from tap_klaviyo.client.http import PageCodec
from tap_klaviyo.client.jsonapi import data_of, decode
from tap_klaviyo.client.paging import next_url
from tap_klaviyo.config.privacy import Privacy
from tap_klaviyo.run.time_slices import (
    AdaptiveReader,
    SliceResult,
    TooDense,
    records_per_second,
    seconds_of,
)
from tap_klaviyo.streams.base import KlaviyoStream
from tap_klaviyo.streams.columns import ACCOUNT_ID, LIST, column
from tap_klaviyo.streams.events.days import DaysRead, EventReads
from tap_klaviyo.streams.events.fast import encode_page, parse_page
from tap_klaviyo.streams.events.general import records_of, seen_in
from tap_klaviyo.streams.events.unchanged import Rereads, may_skip
from tap_klaviyo.streams.items import Checkpoint, EncodedRecords, Records
from tap_klaviyo.times import UTC, Window, parse, to_z

if t.TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from singer_sdk.singerlib import SchemaMessage

    from tap_klaviyo.run.run_stats import StreamStats
    from tap_klaviyo.streams.events.days import Seen
    from tap_klaviyo.streams.items import Item
    from tap_klaviyo.streams.stream_run import StreamRun

PAGE_SIZE = 1000  # the API's maximum, from revision 2026-01-15 on
DECODED_SIZE_FACTOR = 4  # a decoded page takes so many times the memory of its bytes
MAX_CHAINED_PAGES = 3  # a window of more pages is cut: they can only be read in sequence


class EventPage(t.NamedTuple):
    """A page that was read.

    Attributes:
        item: Its events, ready to be written.
        seen: Timestamp and id of each; None if one cannot be told.
        events: How many there are.
        last: Timestamp of the last one.
        next_url: Address of the next page.
    """

    item: Records | EncodedRecords
    seen: Seen | None
    events: int
    last: str | None
    next_url: str | None


class Events(KlaviyoStream):
    """One record per event, re-read for `events_lookback_days`.

    Events arrive late, and attribution even later, without a field that shows it: they are only
    found by re-reading a span. Days whose aggregates are the same are left out of it.
    """

    name = "events"
    endpoint = Endpoint("events", burst=350, steady=3500, page_size=PAGE_SIZE, scope="events:read")
    params: t.ClassVar = {"include": "attributions", "sort": "datetime"}
    reads_after = "metric_aggregates"
    primary_keys = ("account_id", "id")
    replication_key = "datetime"
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the event.", required=True),
        column("uuid", "Klaviyo's UUID of the event."),
        column("datetime", "When it happened, UTC.", th.DateTimeType),
        column("metric_id", "Its metric; null if Klaviyo names none."),
        column("profile_id", "The profile; null if it was deleted."),
        column("value", "`$value` as a number, in `value_currency`.", th.NumberType),
        column("value_currency", "ISO 4217 code of the value's currency, if the event has one."),
        column(
            "event_properties",
            "All properties of the event, as Klaviyo sends them, less `private_properties`.",
            th.ObjectType(),
        ),
        column(
            "attributions",
            "The messages Klaviyo attributes it to: objects of ids "
            "(`attributed_event_id`, `campaign_message_id`, `flow_message_id`, …).",
            LIST,
        ),
    ).to_dict()

    def _generate_schema_messages(self) -> Generator[SchemaMessage, None, None]:
        """While `event_reads` tells which events are gone, allow a target to skip unchanged rows.

        Such a row's `_sdc_extracted_at` is not the last time it was read. A target that ignores
        the keyword writes all rows.
        """
        reads = t.cast("EventReads", self._tap.streams[EventReads.name])
        for message in super()._generate_schema_messages():
            if reads.selected and reads.is_passed_through:
                message.schema = {**message.schema, "x-keep-unchanged": True}
            yield message

    def waits(self, run: StreamRun) -> bool:
        """Whether aggregates could tell which days have not changed."""
        return may_skip(run, EventReads.name)

    def read(self, run: StreamRun) -> Iterator[Item]:
        """Read the span in time slices, several concurrently; each is a window and a checkpoint.

        Days that have not changed are left out.
        """
        digests = run.account.day_digests if self.waits(run) else None
        rereads, read_at = Rereads(run, digests), run.stats.started_at or datetime.now(UTC)
        days = DaysRead(run.account, rereads.span, read_at, rereads.skipped)
        with run.context.read_ahead.for_account() as allowed:
            run.stats.planned = sum(map(seconds_of, rereads.windows))
            reader = AdaptiveReader(rereads.windows, partial(self._fetch, run), allowed)
            for window, pages in reader:
                yield from (page.item for page in pages)
                listed = days.add(window, (page.seen for page in pages))
                yield Records(EventReads.name, listed)
                run.stats.extend_span(window)
                run.stats.done += seconds_of(window)
                yield Checkpoint(window.end, rereads.after(window, listed, read_at))

    def _fetch(self, run: StreamRun, window: Window) -> SliceResult[EventPage] | TooDense:
        bounds = (greater_or_equal("datetime", window.start), less_than("datetime", window.end))
        params = {**self.params, "filter": all_of(*bounds)}
        privacy = Privacy(run.context.config.get("private_properties", {}))
        codec = PageCodec(partial(self._decode, run, privacy), lambda page: page.next_url)
        pages: list[EventPage] = []
        for page in run.decoded_pages(self.endpoint, params, codec):
            if page.next_url and not pages and (density := _too_dense(page, window)):
                return TooDense(density)
            pages.append(page)
        return SliceResult(pages, sum(page.events for page in pages))

    def _decode(
        self, run: StreamRun, privacy: Privacy, raw: bytes, stats: StreamStats
    ) -> EventPage:
        """Decode a page: the fast way if nothing must be replaced, else the general way."""
        run.context.read_ahead.record_page(len(raw))
        page = self._decode_fast(run, privacy, raw, stats) if run.is_passed_through else None
        return page or self._decode_general(run, privacy, raw, stats)

    def _decode_fast(
        self, run: StreamRun, privacy: Privacy, raw: bytes, stats: StreamStats
    ) -> EventPage | None:
        page = parse_page(raw)
        if page is None:
            return None
        encoded = encode_page(run.account.id, self.name, page, to_z(datetime.now(UTC)), privacy)
        if encoded is None:
            return None
        size = len(page.data)
        stats.count_parsed(self.name, size)
        last = page.data[-1].attributes.datetime if page.data else None
        link = page.links.next if page.links else None
        item = EncodedRecords(self.name, encoded.lines, size)
        return EventPage(item, encoded.seen, size, last, link)

    def _decode_general(
        self, run: StreamRun, privacy: Privacy, raw: bytes, stats: StreamStats
    ) -> EventPage:
        run.context.read_ahead.record_page(DECODED_SIZE_FACTOR * len(raw))
        document = decode(raw, stats)
        records = records_of(run.account.id, document, stats, privacy)
        last = records[-1]["datetime"] if records else None
        size = len(data_of(document))
        item = Records(self.name, records)
        return EventPage(item, seen_in(document), size, last, next_url(document))


def _too_dense(first: EventPage, window: Window) -> float | None:
    """Events per second, if the window should be cut rather than read page after page.

    It is only an estimate: unordered pages make it a bad one, and lose nothing.
    """
    if first.last is None:
        return None
    density = records_per_second(first.events, window.start, parse(first.last))
    seconds = seconds_of(window)
    is_too_dense = seconds > 1 and density * seconds > MAX_CHAINED_PAGES * PAGE_SIZE
    return density if is_too_dense else None
