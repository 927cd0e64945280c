"""Campaigns as of revision 2026-10-15: a campaign, its messages, their variations."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta
from functools import partial

from singer_sdk import typing as th

from tap_klaviyo.client.endpoint import Endpoint
from tap_klaviyo.client.errors import Unreadable
from tap_klaviyo.client.filters import all_of, equals, greater_or_equal
from tap_klaviyo.client.jsonapi import data_of, related_ids
from tap_klaviyo.run.isolation import Subject
from tap_klaviyo.streams.base import KlaviyoStream
from tap_klaviyo.streams.campaign_members import (
    CampaignAudiences,
    CampaignMessages,
    CampaignVariations,
    audience_record,
    flat_record,
    message_record,
    variation_record,
)
from tap_klaviyo.streams.columns import ACCOUNT_ID, TAG_IDS, column
from tap_klaviyo.streams.items import Records
from tap_klaviyo.streams.tagged import tag_ids, tagged_pages
from tap_klaviyo.times import UTC, parse, to_z

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.streams.items import Item, Record
    from tap_klaviyo.streams.stream_run import StreamRun

OVERLAP = timedelta(days=30)
"""Campaigns changed in this span before the bookmark are re-read: a message may be sent weeks after
the last change of its campaign."""

FINAL_STATUSES = frozenset({"sent", "cancelled"})
"""Statuses of messages whose variations change only if the message does."""

LISTINGS = tuple(
    all_of(equals("archived", archived), *builder)
    for archived in (False, True)
    for builder in ((), (equals("builder", "canvas"),))
)
"""Archived campaigns have to be requested. Whether the plain listing includes those of the canvas
builder is not documented, so they are requested as well."""

NOT_INCLUDED = (
    "Klaviyo lists it without including it, so no report can name its results; "
    "the next run requests it again"
)


class Campaigns(KlaviyoStream):
    """One record per campaign, archived ones too."""

    name = "campaigns"
    has_tags = True
    endpoint = Endpoint("campaigns", burst=10, steady=150, page_size=100, scope="campaigns:read")
    params: t.ClassVar = {
        "include": "campaign-audiences,campaign-messages",
        "sort": "updated_at",
    }
    primary_keys = ("account_id", "id")
    replication_key = "updated_at"
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the campaign.", required=True),
        column("name", "Name of the campaign."),
        column("builder", "`wizard` or `canvas`."),
        column("archived", "Whether it was archived.", th.BooleanType),
        column("description", "Klaviyo's `description` of the campaign."),
        column("send_settings", "Time zone and strategy of sending.", th.ObjectType()),
        TAG_IDS,
        column("created_at", "When it was created, UTC.", th.DateTimeType),
        column("updated_at", "When it was last changed, UTC.", th.DateTimeType),
    ).to_dict()

    def read(self, run: StreamRun) -> Iterator[Item]:
        """Read campaigns changed since the bookmark with their messages, then the variations.

        While something of an earlier run is missing, all campaigns are listed: that costs little.
        """
        messages: dict[str, Record] = {}
        for page in self._pages(run):
            campaigns, found, audiences = self._read_page(run, page)
            messages.update({record["id"]: record for record in found.records})
            yield from (campaigns, found, audiences)
        if run.is_selected(CampaignVariations.name):
            for message in messages.values():
                if message["id"] in run.state.left_out or _may_have_changed(run, message):
                    yield from _variations(run, message["id"])
        yield run.end(tagged=True)

    def _pages(self, run: StreamRun) -> Iterator[dict[str, t.Any]]:
        changed = []
        if not run.state.lists_all(with_tags=True):
            changed = [greater_or_equal("updated_at", run.since(OVERLAP))]
        for listing in LISTINGS:
            params = {**self.params, "filter": all_of(listing, *changed)}
            yield from tagged_pages(run, self.endpoint, params)

    def _read_page(self, run: StreamRun, page: dict[str, t.Any]) -> tuple[Records, ...]:
        """The campaigns, messages and audiences of a page."""
        campaigns = run.convert(data_of(page), partial(self._with_message_ids, run))
        owners = {message: record["id"] for record, ids in campaigns for message in ids}
        messages = _included(run, page, CampaignMessages.name, partial(message_record, owners))
        for missing in owners.keys() - {message["id"] for message in messages}:
            with run.isolate(Subject(CampaignMessages.name, self.endpoint.path), missing, missing):
                raise Unreadable(NOT_INCLUDED)
        audiences = _included(run, page, CampaignAudiences.name, audience_record)
        return (
            Records(self.name, [record for record, _ in campaigns]),
            Records(CampaignMessages.name, messages),
            Records(CampaignAudiences.name, audiences),
        )

    def _with_message_ids(self, run: StreamRun, item: Resource) -> tuple[Record, list[str]]:
        """A campaign, and the ids of its messages if it lists them."""
        ids = related_ids(item, "campaign-messages")
        record = flat_record(run.account.id, item, self.schema)
        return {**record, "tag_ids": tag_ids(run, item)}, ids


def _included(
    run: StreamRun,
    page: dict[str, t.Any],
    stream: str,
    record: Callable[[str, Resource], Record],
) -> list[Record]:
    """The records of a stream among the included resources of a page."""
    kind = stream.removesuffix("s").replace("_", "-")
    included = (item for item in page.get("included") or () if isinstance(item, dict))
    resources = [item for item in included if item.get("type") == kind]
    subject = Subject(stream, Campaigns.endpoint.path)
    return run.convert(resources, partial(record, run.account.id), subject)


def _may_have_changed(run: StreamRun, message: Record) -> bool:
    """Whether a message's variations must be read: it is new, changed, or still to be sent."""
    bookmark, updated = run.state.bookmark, message["updated"]
    if bookmark is None or message["status"] not in FINAL_STATUSES or updated is None:
        return True
    return parse(updated) >= bookmark - timedelta(days=1)


def _variations(run: StreamRun, message_id: str) -> Iterator[Records]:
    """The variations of a message: all of them or none, since a missing one counts as deleted."""
    read_at = to_z(datetime.now(UTC))
    endpoint = CampaignVariations.endpoint.of(message_id)
    subject = Subject("campaign messages with their variations", endpoint.path)
    with run.isolate(subject, message_id, message_id):
        pages = list(run.member(CampaignVariations.name).pages(endpoint))
        found = [item for page in pages for item in data_of(page)]
        added = {"campaign_message_id": message_id, "read_at": read_at}
        records = [variation_record(run.account.id, item) | added for item in found]
        yield Records(CampaignVariations.name, records)
