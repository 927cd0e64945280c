"""A page of events as records: the ordinary way, which can read anything Klaviyo sends."""

from __future__ import annotations

import sys
import typing as t
from collections import Counter
from functools import partial

from tap_klaviyo.client.jsonapi import data_of, related_id
from tap_klaviyo.run.isolation import each
from tap_klaviyo.streams.events.amounts import amount
from tap_klaviyo.times import utc_text

if t.TYPE_CHECKING:
    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.run.run_stats import Tally

Record = dict[str, t.Any]

UNREAD = "values of another form than an amount left empty; event_properties has them whole"

CREDITED = {
    "attributed_event_id": "attributed-event",
    "campaign_id": "campaign",
    "campaign_message_id": "campaign-message",
    "flow_id": "flow",
    "flow_message_id": "flow-message",
    "flow_message_variation_id": "flow-message-variation",
}
"""Columns of an attribution and the relationships they come from."""


def records_of(account_id: str, page: dict[str, t.Any], tally: Tally) -> list[Record]:
    """The events of a page with what they are credited to; those it cannot read are counted."""
    credits_ = each(tally, "attributions", "events", page.get("included"), _credit)
    credited = {credit["id"]: credit for credit in credits_}
    convert = partial(_record, account_id, credited)
    records = each(tally, "events", "events", data_of(page), convert)
    values = (record["event_properties"].get("$value") for record in records)
    tally.change(Counter({UNREAD: sum(is_unread(value) for value in values)}))
    return records


def _record(account_id: str, credited: dict[str, Record], event: Resource) -> Record:
    attributes = event["attributes"]
    properties = attributes.get("event_properties") or {}
    attributions = ((event.get("relationships") or {}).get("attributions") or {}).get("data") or []
    return {
        "account_id": account_id,
        "id": event["id"],
        "uuid": attributes.get("uuid"),
        "datetime": utc_text(attributes.get("datetime")),
        "metric_id": related_id(event, "metric"),
        "profile_id": related_id(event, "profile"),
        "value": number(properties.get("$value")),
        "value_currency": text(properties.get("$value_currency")),
        "event_properties": properties,
        "attributions": [credited.get(item["id"], {"id": item["id"]}) for item in attributions],
    }


def _credit(attribution: Resource) -> Record:
    ids = {column: related_id(attribution, name) for column, name in CREDITED.items()}
    return {"id": attribution["id"], **ids}


def number(value: object) -> float | int | None:
    """Read `$value` whatever an integration put there.

    Numbers stay as they are, text is read as an amount (`money.py`); anything else is no number,
    nor is one that no database column holds (from about 1e308 on).
    """
    if isinstance(value, bool):
        return None
    read = amount(value) if isinstance(value, str) else value
    return read if isinstance(read, (int, float)) and abs(read) <= sys.float_info.max else None


def is_unread(value: object) -> bool:
    """Whether something is there, and `number` makes nothing of it."""
    return value not in (None, "") and number(value) is None


def text(value: object) -> str | None:
    """Text as it is; anything else is none."""
    return value if isinstance(value, str) else None
