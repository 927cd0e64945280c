"""Events: what each profile did, and to which message Klaviyo credits it."""

from __future__ import annotations

import re
import typing as t
from datetime import timedelta

from singer_sdk import typing as th

from tap_klaviyo.filters import all_of, greater_or_equal, less_than
from tap_klaviyo.pace import Limit
from tap_klaviyo.streams.account import related_id
from tap_klaviyo.streams.base import Checkpoint, KlaviyoStream, Records
from tap_klaviyo.streams.columns import ACCOUNT_ID, column
from tap_klaviyo.times import spans, utc_text

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_klaviyo.account import Account, Resource
    from tap_klaviyo.streams.base import Item, Record
    from tap_klaviyo.times import Window

EVENTS = Limit("events", burst=350, steady=3500)
WINDOW = timedelta(days=7)
PAGE_SIZE = "1000"  # the API's maximum, from revision 2026-01-15 on

THOUSANDS = re.compile(r"-?\d{1,3}(?:(?:,\d{3})+|(?:\.\d{3}){2,})")
"""Whole numbers with separators; `1.234` is taken as 1 and a fraction, `1,234` is not."""

CREDITED = {
    "attributed-event": "attributed_event_id",
    "campaign": "campaign_id",
    "campaign-message": "campaign_message_id",
    "flow": "flow_id",
    "flow-message": "flow_message_id",
    "flow-message-variation": "flow_message_variation_id",
}


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
        """Windows of seven days, each one a checkpoint."""
        look_back = timedelta(days=self.config["events_lookback_days"])
        for window in spans(self.since(account, look_back), self._tap.until, WINDOW):
            yield from self._read_window(account, window)
            account.tallies[self.name].cover(window)
            yield Checkpoint(window.end)

    def _read_window(self, account: Account, window: Window) -> Iterator[Records]:
        params = {
            "filter": all_of(
                greater_or_equal("datetime", window.start), less_than("datetime", window.end)
            ),
            "include": "attributions",
            "page[size]": PAGE_SIZE,
            "sort": "datetime",
        }
        for page in account.pages(self.name, EVENTS, "events", params):
            credited = {item["id"]: _credit(item) for item in page.get("included") or []}
            yield Records(self.name, [_record(account, event, credited) for event in page["data"]])


def _record(account: Account, event: Resource, credited: dict[str, Record]) -> Record:
    attributes = event["attributes"]
    properties = attributes.get("event_properties") or {}
    attributions = ((event.get("relationships") or {}).get("attributions") or {}).get("data") or []
    return {
        "account_id": account.id,
        "id": event["id"],
        "uuid": attributes.get("uuid"),
        "datetime": utc_text(attributes.get("datetime")),
        "metric_id": related_id(event, "metric"),
        "profile_id": related_id(event, "profile"),
        "value": number(properties.get("$value")),
        "value_currency": properties.get("$value_currency"),
        "event_properties": properties,
        "attributions": [credited.get(item["id"], {"id": item["id"]}) for item in attributions],
    }


def _credit(attribution: Resource) -> Record:
    ids = {column: related_id(attribution, name) for name, column in CREDITED.items()}
    return {"id": attribution["id"], **ids}


def number(value: object) -> float | int | None:
    """Read `$value` whatever an integration put there.

    Numbers stay as they are; text may hold a currency sign and either kind of thousands
    separator (`$1,234.50`, `1.234,50 €`); anything else is no number.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value
    return _from_text(value) if isinstance(value, str) else None


def _from_text(text: str) -> float | None:
    digits = re.sub(r"[^0-9.,-]", "", text)
    if THOUSANDS.fullmatch(digits):
        digits = digits.replace(",", "").replace(".", "")
    elif digits.rfind(",") > digits.rfind("."):
        digits = digits.replace(".", "").replace(",", ".")
    try:
        return float(digits.replace(",", ""))
    except ValueError:
        return None
