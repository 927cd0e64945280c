"""Accounts, metrics, campaigns and flows as JSON:API resources."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from sandbox.account.ids import short_id

if TYPE_CHECKING:
    from sandbox.account.account import Account
    from sandbox.account.flows import Flow, FlowMessage
    from sandbox.account.messages import Campaign, Message, Variation
    from sandbox.account.metrics import Metric
    from sandbox.account.people import Person

Resource = dict[str, Any]
Related = Resource | list[Resource] | None
# Where links of resources point; never followed by anybody, so the same for every server.
PUBLIC = "https://a.klaviyo.com/api"


def iso(moment: datetime) -> str:
    """A time as Klaviyo writes it: UTC with offset, whole seconds."""
    return moment.astimezone(timezone.utc).replace(microsecond=0).isoformat()


def resource(kind: str, ident: str, attributes: Resource | None, **more: Related) -> Resource:
    """One resource object; `more` are its relationships, with _ for -."""
    path = f"{PUBLIC}/{kind}s/{ident}"
    made: Resource = {"type": kind, "id": ident}
    if attributes is not None:
        made["attributes"] = attributes
    if more:
        made["relationships"] = {
            name.replace("_", "-"): {
                "data": data,
                "links": {
                    "self": f"{path}/relationships/{name.replace('_', '-')}/",
                    "related": f"{path}/{name.replace('_', '-')}/",
                },
            }
            for name, data in more.items()
        }
    return made | {"links": {"self": f"{path}/"}}


def ref(kind: str, ident: str) -> Resource:
    """A resource identifier."""
    return {"type": kind, "id": ident}


def account_resource(account: Account) -> Resource:
    """The account itself."""
    brand = account.brand
    return resource("account", account.id, {
        "test_account": False,
        "contact_information": {
            "default_sender_name": brand.organization,
            "default_sender_email": f"hello@{brand.client}.example",
            "website_url": f"https://{brand.client}.example",
            "organization_name": brand.organization,
            "street_address": {
                "address1": "1 Invented Street",
                "address2": None,
                "city": brand.city,
                "region": None,
                "country": brand.country,
                "zip": "00000",
            },
        },
        "industry": brand.industry,
        "timezone": brand.timezone,
        "preferred_currency": brand.currency,
        "public_api_key": account.id,
        "locale": brand.locale,
    })  # fmt: skip


def metric_resource(account: Account, metric: Metric) -> Resource:
    """A metric."""
    made_by = metric.integration
    return resource("metric", metric.id, {
        "name": metric.name,
        "created": iso(account.opened_at),
        "updated": iso(account.opened_at),
        "integration": {
            "object": "integration",
            "id": made_by.id,
            "key": made_by.key,
            "name": made_by.name,
            "category": made_by.category,
        },
    }, flow_triggers=[])  # fmt: skip


def mapped_resource(account: Account, metric: Metric) -> Resource:
    """What the account itself takes for its revenue, refunds, and so on."""
    return resource(
        "mapped-metric",
        metric.mapping,
        {"updated": iso(account.opened_at)},
        metric=ref("metric", metric.id),
        custom_metric=None,
    )


def profile_resource(person: Person) -> Resource:
    """A profile."""
    return resource("profile", person.id, {
        "email": person.email,
        "phone_number": person.phone_number,
        "external_id": None,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "organization": None,
        "locale": None,
        "title": None,
        "image": None,
        "location": {},
        "properties": {},
    })  # fmt: skip


def campaign_resource(account: Account, campaign: Campaign) -> Resource:
    """A campaign of the model of 2026-10-15."""
    now = account.until
    return resource(
        "campaign",
        campaign.id,
        {
            "created_at": iso(campaign.created_at),
            "updated_at": iso(campaign.updated_at(now)),
            "definition": {
                "name": campaign.name,
                "builder": campaign.builder,
                "archived": campaign.is_archived(now),
                "color": None,
                "description": campaign.description,
                "send_settings": {
                    "send_timezone": account.brand.timezone,
                    "send_strategy": "static",
                    "send_passed_rltz_immediately": None,
                    "exit_condition_enabled": False,
                    "exit_condition_conversion_metric_id": None,
                },
            },
        },
        campaign_audiences=[ref("campaign-audience", _audience_id(campaign))],
        campaign_messages=[ref("campaign-message", item.id) for item in campaign.messages],
        tags=[],
    )


def audience_resource(account: Account, campaign: Campaign) -> Resource:
    """The people a campaign goes to."""
    newsletter = short_id(account.seed, account.brand.client, "list", "newsletter")
    return resource(
        "campaign-audience",
        _audience_id(campaign),
        {
            "created": iso(campaign.created_at),
            "updated": iso(campaign.created_at),
            "definition": {
                "name": "Newsletter",
                "included": [newsletter],
                "excluded": [],
                "priority": 1,
            },
        },
        campaign=ref("campaign", campaign.id),
        campaign_messages=[ref("campaign-message", item.id) for item in campaign.messages],
    )


def message_resource(account: Account, campaign: Campaign, message: Message) -> Resource:
    """A campaign message: its status and send time live here."""
    now = account.until
    return resource(
        "campaign-message",
        message.id,
        {
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
                "send_options": {
                    "send_time": iso(campaign.sent_at),
                    "send_times": None,
                    "send_strategy": "static",
                    "recipient_percentage": None,
                    "throttling_type": "none",
                    "throttle_unit": None,
                    "is_ignoring_unsubscribes": False,
                },
            },
        },
        campaign=ref("campaign", campaign.id),
        campaign_audience=ref("campaign-audience", message.audience_id),
        campaign_variations=[ref("campaign-variation", item.id) for item in message.variations],
    )


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
        "template_id": short_id(brand.client, text),
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


def flow_resource(account: Account, flow: Flow) -> Resource:
    """A flow."""
    actions = [flow.delay_action_id, *(message.action_id for message in flow.messages)]
    return resource(
        "flow",
        flow.id,
        {
            "name": flow.name,
            "status": flow.status(account.until),
            "archived": flow.is_archived,
            "created": iso(flow.created_at),
            "updated": iso(flow.updated_at(account.until)),
            "trigger_type": flow.trigger_type,
        },
        flow_actions=[ref("flow-action", item) for item in actions],
        tags=[],
    )


def action_resource(account: Account, flow: Flow, message: FlowMessage | None) -> Resource:
    """An action of a flow: it sends a message, or (without one) it waits."""
    ident = flow.delay_action_id if message is None else message.action_id
    definition: Resource = {"id": ident, "type": "time-delay", "links": {"next": None}}
    if message is not None:
        definition["type"] = f"send-{message.channel}"
        definition["data"] = {
            "message": {"id": message.id, "name": message.name},
            "status": flow.status(account.until),
        }
    times = {"created": iso(flow.created_at), "updated": iso(flow.updated_at(account.until))}
    return resource(
        "flow-action",
        ident,
        {**times, "definition": definition},
        flow=ref("flow", flow.id),
        flow_messages=[] if message is None else [ref("flow-message", message.id)],
    )


def flow_message_resource(account: Account, flow: Flow, message: FlowMessage) -> Resource:
    """A message of a flow."""
    brand = account.brand
    definition: Resource = {"id": message.id, "name": message.name, "smart_sending_enabled": True}
    if message.channel == "email":
        definition |= {
            "from_email": f"hello@{brand.client}.example",
            "from_label": brand.organization,
            "subject_line": message.subject,
            "preview_text": "",
        }
    else:
        definition["body"] = message.subject
    return resource(
        "flow-message",
        message.id,
        {
            "channel": message.channel,
            "created": iso(flow.created_at),
            "updated": iso(flow.updated_at(account.until)),
            "definition": definition,
        },
        flow_action=ref("flow-action", message.action_id),
        template=None,
    )
