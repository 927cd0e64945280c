"""Events: what each profile did, and to which message Klaviyo credits it."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta
from functools import partial

from singer_sdk import typing as th

from tap_klaviyo.client.filters import all_of, greater_or_equal, less_than
from tap_klaviyo.client.jsonapi import data_of
from tap_klaviyo.client.paging import decode, following
from tap_klaviyo.client.rate_limits import Limit
from tap_klaviyo.run.time_slices import InPieces, Read, TooDense, per_second, seconds_of
from tap_klaviyo.streams.base import Checkpoint, KlaviyoStream, Lines, Records
from tap_klaviyo.streams.columns import ACCOUNT_ID, column
from tap_klaviyo.streams.events.fast import lines_of, page_of
from tap_klaviyo.streams.events.general import records_of
from tap_klaviyo.times import UTC, Window, parse, to_z

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_klaviyo.account import Account
    from tap_klaviyo.run.run_stats import Tally
    from tap_klaviyo.streams.base import Item

EVENTS = Limit("events", burst=350, steady=3500)
PAGE_SIZE = 1000  # the API's maximum, from revision 2026-01-15 on
AS_OBJECTS = 4  # times as much memory as its bytes, a decoded page takes
FOLLOWED = 3  # pages of a window that are read one after another before it is rather cut


class EventPage(t.NamedTuple):
    """A page that was read.

    Attributes:
        item: Its events, ready to be written.
        events: How many there are.
        reaches_to: When the last of them happened.
        following: Address of the next page.
    """

    item: Records | Lines
    events: int
    reaches_to: str | None
    following: str | None


class Events(KlaviyoStream):
    """One record per event, re-read for `events_lookback_days`.

    Events arrive late and attribution later still, without any field that says so: only
    reading a span again finds them.
    """

    name = "events"
    primary_keys = ("account_id", "id")
    replication_key = "datetime"
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the event.", required=True),
        column("uuid", "Klaviyo's UUID of the event."),
        column("datetime", "When it happened, UTC.", th.DateTimeType),
        column("metric_id", "The metric it counts for; null when Klaviyo cannot tell."),
        column("profile_id", "Who did it; null when the profile was deleted."),
        column("value", "`$value` as a number, in `value_currency`.", th.NumberType),
        column("value_currency", "ISO 4217 code of the value's currency, if the event has one."),
        column("event_properties", "Everything else Klaviyo knows of it.", th.ObjectType()),
        column(
            "attributions",
            "The messages Klaviyo credits: objects of ids "
            "(`attributed_event_id`, `campaign_message_id`, `flow_message_id`, …).",
            th.CustomType({"type": ["array", "null"]}),
        ),
    ).to_dict()

    def read(self, account: Account) -> Iterator[Item]:
        """The span in pieces, several at a time; each piece is a window and a checkpoint."""
        look_back = timedelta(days=self.config["events_lookback_days"])
        span = Window(self.since(account, look_back), self._tap.until)
        tally = account.tallies[self.name]
        with self._tap.share.of_one() as allowed:
            tally.planned = seconds_of(span)
            for window, items in InPieces(span, partial(self._fetch, account), allowed):
                yield from items
                tally.cover(window)
                tally.done += seconds_of(window)
                yield Checkpoint(window.end)

    def _fetch(self, account: Account, window: Window) -> Read[Records | Lines] | TooDense:
        params = {
            "filter": all_of(
                greater_or_equal("datetime", window.start), less_than("datetime", window.end)
            ),
            "include": "attributions",
            "page[size]": str(PAGE_SIZE),
            "sort": "datetime",
        }
        reading = (partial(self._decode, account.id), lambda page: page.following)
        pages: list[EventPage] = []
        for page in account.decoded_pages(self.name, EVENTS, "events", params, reading):
            if page.following and not pages and (density := _too_dense(page, window)):
                return TooDense(density)
            pages.append(page)
        return Read([page.item for page in pages], sum(page.events for page in pages))

    def _decode(self, account_id: str, raw: bytes, tally: Tally) -> EventPage:
        """Decode a page the fast way where nothing must be changed, else the ordinary way."""
        self._tap.share.saw(len(raw))
        page = page_of(raw) if self.is_passed_through else None
        if page is not None:
            lines = lines_of(account_id, self.name, page, to_z(datetime.now(UTC)))
            if lines is not None:
                tally.take(self.name, len(page.data))
                last = page.data[-1].attributes.datetime if page.data else None
                link = page.links.next if page.links else None
                return EventPage(
                    Lines(self.name, lines, len(page.data)), len(page.data), last, link
                )
        self._tap.share.saw(AS_OBJECTS * len(raw))
        document = decode(raw, tally)
        records = records_of(account_id, document, tally)
        last = records[-1]["datetime"] if records else None
        size = len(data_of(document))
        return EventPage(Records(self.name, records), size, last, following(document))


def _too_dense(first: EventPage, window: Window) -> float | None:
    """Events per second, if the window is better cut than read page after page.

    It is only an estimate: pages that come out of order make it a bad one, and lose nothing.
    """
    if first.reaches_to is None:
        return None
    density = per_second(first.events, window.start, parse(first.reaches_to))
    expected = density * seconds_of(window)
    return density if seconds_of(window) > 1 and expected > FOLLOWED * PAGE_SIZE else None
