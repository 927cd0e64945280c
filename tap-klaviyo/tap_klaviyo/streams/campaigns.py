"""Campaigns as revision 2026-10-15 has them: a campaign, its messages, their variations."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta
from functools import partial

from singer_sdk import typing as th

from tap_klaviyo.client.errors import Unreadable
from tap_klaviyo.client.filters import all_of, equals, greater_or_equal
from tap_klaviyo.client.jsonapi import data_of, record_of, related_id
from tap_klaviyo.client.rate_limits import Limit
from tap_klaviyo.run.isolation import each, part
from tap_klaviyo.streams.base import Checkpoint, KlaviyoStream, Records
from tap_klaviyo.streams.columns import ACCOUNT_ID, LIST, column
from tap_klaviyo.times import UTC, parse, to_z, utc_text

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_klaviyo.account import Account
    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.run.run_stats import Tally
    from tap_klaviyo.streams.base import Item, Record

CAMPAIGNS = Limit("campaigns", burst=10, steady=150)
VARIATIONS = Limit("campaign-variations", burst=10, steady=150)

OVERLAP = timedelta(days=30)
"""A message may be sent weeks after anyone touched its campaign, so campaigns changed in this
span before the bookmark are read again."""

SETTLED = frozenset({"sent", "cancelled"})
"""Status of messages whose variations change only when the message does."""

NOT_INCLUDED = (
    "Klaviyo names them without including them; what they earned has no name in any report"
)

LISTINGS = tuple(
    all_of(equals("archived", archived), *builder)
    for archived in (False, True)
    for builder in ((), (equals("builder", "canvas"),))
)
"""Archived campaigns are listed only when asked for; whether the plain listing shows those of
the canvas builder is not documented, so they are asked for as well."""


class Campaigns(KlaviyoStream):
    """One record per campaign, archived ones too."""

    name = "campaigns"
    primary_keys = ("account_id", "id")
    replication_key = "updated_at"
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the campaign.", required=True),
        column("name", "Name of the campaign."),
        column("builder", "`wizard` or `canvas`."),
        column("archived", "Whether it was archived.", th.BooleanType),
        column("description", "Klaviyo's field of that name."),
        column("send_settings", "Time zone and strategy of sending.", th.ObjectType()),
        column("created_at", "When it was made, UTC.", th.DateTimeType),
        column("updated_at", "When it was last changed, UTC.", th.DateTimeType),
    ).to_dict()

    def read(self, account: Account) -> Iterator[Item]:
        """Campaigns changed since the bookmark with their messages, then the variations."""
        tally, again = account.tallies[self.name], self.left_out(account)
        bookmark = self.bookmark(account)
        # The list of campaigns costs little: it is read whole while something of it is missing.
        since = None if bookmark is None or again else self.since(account, OVERLAP)
        messages: dict[str, Record] = {}
        for page in self._pages(account, since):
            found = _read_page(account, tally, page)
            messages.update({record["id"]: record for record in found[1].records})
            yield from found
        if any(stream.name == CampaignVariations.name for stream in self.family):
            for message in messages.values():
                if message["id"] in again or _may_have_changed(message, bookmark):
                    yield from self._variations(account, message)
        yield Checkpoint(self._tap.until, {"left_out": sorted(tally.again)})

    def _pages(self, account: Account, since: datetime | None) -> Iterator[dict[str, t.Any]]:
        newer = () if since is None else (greater_or_equal("updated_at", since),)
        for listing in LISTINGS:
            params = {
                "filter": all_of(listing, *newer),
                "include": "campaign-audiences,campaign-messages",
                "page[size]": "100",
                "sort": "updated_at",
            }
            yield from account.pages(self.name, CAMPAIGNS, "campaigns", params)

    def _variations(self, account: Account, message: Record) -> Iterator[Records]:
        name, read_at = CampaignVariations.name, to_z(datetime.now(UTC))
        path = f"campaign-messages/{message['id']}/campaign-variations"
        kind, tally = "campaign messages with their variations", account.tallies[self.name]
        with part(tally, kind, path, message["id"], message["id"]):
            # All of them or none: what is missing from a reading counts as deleted.
            pages = list(account.pages(name, VARIATIONS, path))
            found = [item for page in pages for item in data_of(page)]
            yield Records(name, [_variation(account, message, item, read_at) for item in found])


class CampaignMessages(KlaviyoStream):
    """One record per message of a campaign: what was sent, when, and how far it got."""

    name = "campaign_messages"
    read_with = "campaigns"
    primary_keys = ("account_id", "id")
    replication_key = "updated"
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the message, `$message` of its events.", required=True),
        column("campaign_id", "The campaign it belongs to."),
        column("campaign_audience_id", "Who it goes to."),
        column("name", "Name of the message."),
        column("status", "`draft`, `scheduled`, `sending`, `sent` or `cancelled`."),
        column("send_time", "When it is or was sent, UTC.", th.DateTimeType),
        column("created", "When it was made, UTC.", th.DateTimeType),
        column("updated", "When it was last changed, UTC.", th.DateTimeType),
        column("definition", "The message as Klaviyo sends it.", th.ObjectType()),
    ).to_dict()


class CampaignAudiences(KlaviyoStream):
    """One record per audience of a campaign: the lists and segments its messages go to."""

    name = "campaign_audiences"
    read_with = "campaigns"
    primary_keys = ("account_id", "id")
    replication_key = "updated"
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the audience.", required=True),
        column("campaign_id", "The campaign it belongs to."),
        column("name", "Name of the audience."),
        column("included", "Ids of the lists and segments it goes to.", LIST),
        column("excluded", "Ids of the lists and segments left out.", LIST),
        column("priority", "Its rank among the audiences of a campaign.", th.IntegerType),
        column("created", "When it was made, UTC.", th.DateTimeType),
        column("updated", "When it was last changed, UTC.", th.DateTimeType),
    ).to_dict()


class CampaignVariations(KlaviyoStream):
    """One record per variation of a campaign message: channel, subject and sender live here.

    A record whose `read_at` is older than the newest one of its message is stale: Klaviyo no
    longer has the variation.
    """

    name = "campaign_variations"
    read_with = "campaigns"
    primary_keys = ("account_id", "id")
    replication_key = "updated"
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the variation.", required=True),
        column("campaign_message_id", "The message it is a variation of."),
        column("name", "Name of the variation."),
        column("channel", "`email`, `sms`, `push` or `whatsapp`, as Klaviyo names it."),
        column("subject", "Subject line of an e-mail, title of a push message."),
        column("sender", "Who it seems to come from: label or address."),
        column("created", "When it was made, UTC.", th.DateTimeType),
        column("updated", "When it was last changed, UTC.", th.DateTimeType),
        column("definition", "The variation as Klaviyo sends it.", th.ObjectType()),
        column(
            "read_at",
            "When Klaviyo was asked, UTC; the same for all variations of a message.",
            th.DateTimeType,
        ),
    ).to_dict()


def _read_page(account: Account, tally: Tally, page: dict[str, t.Any]) -> list[Records]:
    """The campaigns, messages and audiences of a page."""
    read = partial(each, tally)
    campaigns = read(Campaigns.name, "campaigns", data_of(page), partial(_campaign, account))
    owners = {message: record["id"] for record, messages in campaigns for message in messages}
    messages = read(
        CampaignMessages.name,
        "campaigns",
        _included(page, "campaign-message"),
        partial(_message, account, owners),
    )
    for missing in owners.keys() - {message["id"] for message in messages}:
        with part(tally, "campaign_messages", "campaigns", missing, missing):
            raise Unreadable(NOT_INCLUDED)
    audiences = read(
        CampaignAudiences.name,
        "campaigns",
        _included(page, "campaign-audience"),
        partial(_audience, account),
    )
    return [
        Records(Campaigns.name, [record for record, _ in campaigns]),
        Records(CampaignMessages.name, messages),
        Records(CampaignAudiences.name, audiences),
    ]


def _included(page: dict[str, t.Any], kind: str) -> list[Resource]:
    found = (item for item in page.get("included") or () if isinstance(item, dict))
    return [item for item in found if item.get("type") == kind]


def _may_have_changed(message: Record, bookmark: datetime | None) -> bool:
    """Whether a message's variations must be read: it is new, changed, or still to be sent."""
    if bookmark is None or message["status"] not in SETTLED or message["updated"] is None:
        return True
    return parse(message["updated"]) >= bookmark - timedelta(days=1)


def _campaign(account: Account, item: Resource) -> tuple[Record, list[str]]:
    """A campaign and the ids of its messages, as far as it names them."""
    named = ((item.get("relationships") or {}).get("campaign-messages") or {}).get("data") or []
    return _record(account, item, Campaigns.schema), [message["id"] for message in named]


def _message(account: Account, owners: dict[str, str], item: Resource) -> Record:
    send_options = (item["attributes"].get("definition") or {}).get("send_options") or {}
    return {
        **_record(account, item, CampaignMessages.schema),
        "campaign_id": related_id(item, "campaign") or owners.get(item["id"]),
        "campaign_audience_id": related_id(item, "campaign-audience"),
        "send_time": utc_text(send_options.get("send_time")),
    }


def _audience(account: Account, item: Resource) -> Record:
    return {
        **_record(account, item, CampaignAudiences.schema),
        "campaign_id": related_id(item, "campaign"),
    }


def _variation(account: Account, message: Record, item: Resource, read_at: str) -> Record:
    details = (item["attributes"].get("definition") or {}).get("details") or {}
    return {
        **_record(account, item, CampaignVariations.schema),
        "campaign_message_id": message["id"],
        "channel": details.get("channel"),
        "subject": details.get("subject") or details.get("title"),
        "sender": details.get("from_label") or details.get("from_email"),
        "read_at": read_at,
    }


def _record(account: Account, item: Resource, schema: dict[str, t.Any]) -> Record:
    """What Klaviyo calls attributes and what it puts into their `definition`, side by side."""
    attributes = item["attributes"]
    flat = {**attributes, **(attributes.get("definition") or {})}
    return record_of(account.id, item, schema, flat)
