"""The streams read along with campaigns: messages, audiences, variations; and their records."""

from __future__ import annotations

import typing as t

from singer_sdk import typing as th

from tap_klaviyo.client.endpoint import Endpoint
from tap_klaviyo.client.jsonapi import record_of, related_id
from tap_klaviyo.streams.base import KlaviyoStream
from tap_klaviyo.streams.columns import ACCOUNT_ID, LIST, column
from tap_klaviyo.times import utc_text

if t.TYPE_CHECKING:
    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.streams.items import Record


class CampaignMessages(KlaviyoStream):
    """One record per message of a campaign: content, send time and status."""

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
        column("created", "When it was created, UTC.", th.DateTimeType),
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
        column("created", "When it was created, UTC.", th.DateTimeType),
        column("updated", "When it was last changed, UTC.", th.DateTimeType),
    ).to_dict()


class CampaignVariations(KlaviyoStream):
    """One record per variation of a campaign message, with channel, subject and sender.

    A record whose `read_at` is older than the newest one of its message is stale: the variation
    was deleted.
    """

    name = "campaign_variations"
    read_with = "campaigns"
    endpoint = Endpoint("campaign-messages/{id}/campaign-variations", burst=10, steady=150)
    primary_keys = ("account_id", "id")
    replication_key = "updated"
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the variation.", required=True),
        column("campaign_message_id", "The message it is a variation of."),
        column("name", "Name of the variation."),
        column("channel", "`email`, `sms`, `push` or `whatsapp`, as Klaviyo names it."),
        column("subject", "Subject line of an email, title of a push message."),
        column("sender", "Sender shown to the recipient: label or address."),
        column("created", "When it was created, UTC.", th.DateTimeType),
        column("updated", "When it was last changed, UTC.", th.DateTimeType),
        column("definition", "The variation as Klaviyo sends it.", th.ObjectType()),
        column(
            "read_at",
            "When it was read, UTC; the same for all variations of a message.",
            th.DateTimeType,
        ),
    ).to_dict()


def message_record(owners: dict[str, str], account_id: str, item: Resource) -> Record:
    """A message; `owners` has the campaign of each message, should it not name its own."""
    send_options = (item["attributes"].get("definition") or {}).get("send_options") or {}
    return {
        **flat_record(account_id, item, CampaignMessages.schema),
        "campaign_id": related_id(item, "campaign") or owners.get(item["id"]),
        "campaign_audience_id": related_id(item, "campaign-audience"),
        "send_time": utc_text(send_options.get("send_time")),
    }


def audience_record(account_id: str, item: Resource) -> Record:
    """An audience."""
    return {
        **flat_record(account_id, item, CampaignAudiences.schema),
        "campaign_id": related_id(item, "campaign"),
    }


def variation_record(account_id: str, item: Resource) -> Record:
    """A variation; its message and when it was read are still to be added."""
    details = (item["attributes"].get("definition") or {}).get("details") or {}
    return {
        **flat_record(account_id, item, CampaignVariations.schema),
        "channel": details.get("channel"),
        "subject": details.get("subject") or details.get("title"),
        "sender": details.get("from_label") or details.get("from_email"),
    }


def flat_record(account_id: str, item: Resource, schema: dict[str, t.Any]) -> Record:
    """A record of the attributes and of what Klaviyo nests in their `definition`."""
    attributes = item["attributes"]
    flat = {**attributes, **(attributes.get("definition") or {})}
    return record_of(account_id, item, schema, flat)
