"""Campaigns with their audiences, messages and variations, in the model of 2026-10-15."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.account.library import template_id
from sandbox.server.library_resources import tag_refs
from sandbox.server.resources import Resource, iso, ref, resource

if TYPE_CHECKING:
    from sandbox.account.account import Account
    from sandbox.account.messages import Campaign, Message, Variation


# Keys of the lists and segments that each kind of campaign goes to, and leaves out.
_INCLUDED = {
    "newsletter": ("newsletter",),
    "text": ("text",),
    "sale": ("newsletter", "vip", "repeat"),
    "bad": ("partner", "newsletter"),
}
_EXCLUDED = {"newsletter": ("lapsed",)}


def campaign_resource(account: Account, campaign: Campaign) -> Resource:
    """A campaign; status and send time are not here but on its messages."""
    now = account.until
    messages = [ref("campaign-message", item.id) for item in campaign.messages]
    attributes = {
        "created_at": iso(campaign.created_at),
        "updated_at": iso(campaign.updated_at(now)),
        "definition": {
            "name": campaign.name,
            "builder": campaign.builder,
            "archived": campaign.is_archived(now),
            "color": None,
            "description": campaign.description,
            "send_settings": _send_settings(account),
        },
    }
    return resource(
        "campaign",
        campaign.id,
        attributes,
        campaign_audiences=[ref("campaign-audience", _audience_id(campaign))],
        campaign_messages=messages,
        tags=tag_refs(account, campaign.tags),
    )


def _send_settings(account: Account) -> Resource:
    return {
        "send_timezone": account.brand.timezone,
        "send_strategy": "static",
        "send_passed_rltz_immediately": None,
        "exit_condition_enabled": False,
        "exit_condition_conversion_metric_id": None,
    }


def audience_resource(account: Account, campaign: Campaign) -> Resource:
    """The people a campaign goes to."""
    kind = campaign.kind
    return resource(
        "campaign-audience",
        _audience_id(campaign),
        {
            "created": iso(campaign.created_at),
            "updated": iso(campaign.created_at),
            "definition": {
                "name": kind.capitalize(),
                "included": [_group_id(account, name) for name in _INCLUDED[kind]],
                "excluded": [_group_id(account, name) for name in _EXCLUDED.get(kind, ())],
                "priority": 1,
            },
        },
        campaign=ref("campaign", campaign.id),
        campaign_messages=[ref("campaign-message", item.id) for item in campaign.messages],
    )


def _group_id(account: Account, name: str) -> str:
    return {**account.segments, **account.lists}[name].id


def message_resource(account: Account, campaign: Campaign, message: Message) -> Resource:
    """A campaign message: its status and send time live here."""
    now = account.until
    attributes = {
        "created": iso(campaign.created_at),
        "updated": iso(campaign.updated_at(now)),
        "definition": {
            "name": message.name,
            "status": campaign.status(now),
            "tracking_options": {
                "is_add_utm": True,
                "is_tracking_clicks": True,
                "is_tracking_opens": message.channel == "email",
            },
            "send_options": _send_options(campaign),
        },
    }
    return resource(
        "campaign-message",
        message.id,
        attributes,
        campaign=ref("campaign", campaign.id),
        campaign_audience=ref("campaign-audience", message.audience_id),
        campaign_variations=[ref("campaign-variation", item.id) for item in message.variations],
    )


def _send_options(campaign: Campaign) -> Resource:
    return {
        "send_time": iso(campaign.sent_at),
        "send_times": None,
        "send_strategy": "static",
        "recipient_percentage": None,
        "throttling_type": "none",
        "throttle_unit": None,
        "is_ignoring_unsubscribes": False,
    }


def variation_resource(
    account: Account, campaign: Campaign, message: Message, variation: Variation
) -> Resource:
    """One version of a message: channel, subject and sender live here."""
    return resource(
        "campaign-variation",
        variation.id,
        {
            "created": iso(campaign.created_at),
            "updated": iso(campaign.created_at),
            "definition": {
                "name": variation.name,
                "details": _details(account, message.channel, variation.subject),
            },
        },
        campaign_message=ref("campaign-message", message.id),
    )


def _details(account: Account, channel: str, text: str) -> Resource:
    brand = account.brand
    if channel == "sms":
        return {
            "channel": "sms",
            "template_id": None,
            "body": text,
            "shorten_links": True,
            "add_org_prefix": False,
            "text_message_type": "SMS",
        }
    return {
        "channel": "email",
        "template_id": template_id(brand, text),
        "from_label": brand.organization,
        "from_email": f"hello@{brand.client}.example",
        "reply_to_email": "",
        "cc_email": "",
        "bcc_email": "",
        "subject": text,
        "preview_text": "",
    }


def _audience_id(campaign: Campaign) -> str:
    return campaign.messages[0].audience_id
