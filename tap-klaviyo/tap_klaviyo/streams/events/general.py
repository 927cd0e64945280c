"""Turns a page of events into records: the general way, for anything Klaviyo sends."""

from __future__ import annotations

import sys
import typing as t
from collections import Counter
from functools import partial

from tap_klaviyo.client.jsonapi import data_of, related_id
from tap_klaviyo.run.isolation import Subject, convert_each
from tap_klaviyo.streams.events.amounts import parse_amount
from tap_klaviyo.times import utc_text

if t.TYPE_CHECKING:
    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.config.privacy import Privacy
    from tap_klaviyo.run.run_stats import StreamStats

Record = dict[str, t.Any]

UNPARSED_VALUES = "values that are not amounts left empty; event_properties has them unchanged"

ATTRIBUTED = {
    "attributed_event_id": "attributed-event",
    "campaign_id": "campaign",
    "campaign_message_id": "campaign-message",
    "flow_id": "flow",
    "flow_message_id": "flow-message",
    "flow_message_variation_id": "flow-message-variation",
}
"""Columns of an attribution and the relationships they come from."""


def records_of(
    account_id: str, page: dict[str, t.Any], stats: StreamStats, privacy: Privacy
) -> list[Record]:
    """The events of a page with their attributions; those it cannot parse are counted."""
    included = page.get("included")
    found = convert_each(stats, Subject("attributions", "events"), included, _attribution)
    attributions = {one["id"]: one for one in found}
    convert = partial(_record, account_id, attributions)
    records = convert_each(stats, Subject("events", "events"), data_of(page), convert)
    values = (record["event_properties"].get("$value") for record in records)
    stats.count_changes(Counter({UNPARSED_VALUES: sum(is_unparsed(value) for value in values)}))
    for record in records:
        record["event_properties"] = privacy.apply(record["event_properties"])
    return records


def seen_in(page: dict[str, t.Any]) -> list[tuple[str | None, str]] | None:
    """Timestamp and id of every event of a page; None if one cannot be told."""
    try:
        return [(utc_text(one["attributes"]["datetime"]), str(one["id"])) for one in data_of(page)]
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _record(account_id: str, attributed: dict[str, Record], event: Resource) -> Record:
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
        "attributions": [attributed.get(item["id"], {"id": item["id"]}) for item in attributions],
    }


def _attribution(attribution: Resource) -> Record:
    ids = {column: related_id(attribution, name) for column, name in ATTRIBUTED.items()}
    return {"id": attribution["id"], **ids}


def number(value: object) -> float | int | None:
    """Parse `$value`, whatever an integration put there.

    Numbers stay unchanged, text is parsed as an amount (`amounts.py`); anything else is not a
    number, nor is one too large for a database column (from about 1e308 on).
    """
    if isinstance(value, bool):
        return None
    parsed = parse_amount(value) if isinstance(value, str) else value
    return (
        parsed if isinstance(parsed, (int, float)) and abs(parsed) <= sys.float_info.max else None
    )


def is_unparsed(value: object) -> bool:
    """Whether there is a value that `number` cannot parse."""
    return value not in (None, "") and number(value) is None


def text(value: object) -> str | None:
    """Text unchanged; None for anything else."""
    return value if isinstance(value, str) else None
