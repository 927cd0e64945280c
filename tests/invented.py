"""Fictional brands, written straight into the raw tables, as the loader would have left them."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import psycopg

from bench.reporting import RAW

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DAY = timedelta(days=1)
TABLES = RAW.split("create table public.mix")[0].format(accounts=0, share=0)
# Metrics by id: name and integration.
METRICS = {
    "received": ("Received Email", "klaviyo"),
    "opened": ("Opened Email", "klaviyo"),
    "clicked": ("Clicked Email", "klaviyo"),
    "bounced": ("Bounced Email", "klaviyo"),
    "spam": ("Marked Email as Spam", "klaviyo"),
    "left": ("Unsubscribed from Email Marketing", "klaviyo"),
    "sms_received": ("Received SMS", "klaviyo"),
    "sms_clicked": ("Clicked SMS", "klaviyo"),
    "sms_left": ("Unsubscribed from SMS Marketing", "klaviyo"),
    "push_received": ("Received Push", "klaviyo"),
    "push_opened": ("Opened Push", "klaviyo"),
    "order": ("Placed Order", "shopify"),
    "refund": ("Refunded Order", "shopify"),
    "cancel": ("Cancelled Order", "shopify"),
}
MAPPED = {"revenue": "order", "refunded_sales": "refund", "cancelled_sales": "cancel"}
MONEY = set(MAPPED.values())
_ATTRIBUTED = "$attributed_message,$attributed_flow"


@dataclass(frozen=True)
class Event:
    """Something that a person did, at a time of the brand's own clock.

    `message` is empty where the event names none; `credited` are the messages that Klaviyo
    credits an order to, a flow's written `flow:message`, because of the event with id `touch`.
    """

    metric: str
    person: str
    at: datetime
    message: str = ""
    value: float | None = None
    currency: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    credited: tuple[str, ...] = ()
    touch: str = ""


@dataclass
class Brand:
    """An account read from `first_day` up to `until` (its own clock); messages' channels by id."""

    account: str
    first_day: date
    until: datetime
    timezone: str = "UTC"
    currency: str = "USD"
    has_events: bool = True
    events: list[Event] = field(default_factory=list)
    campaigns: dict[str, tuple[tuple[str, ...], date]] = field(default_factory=dict)
    flows: dict[str, str] = field(default_factory=dict)

    def did(self, metric: str, person: str, day: date, message: str = "", **more: Any) -> None:
        """Note an event at noon of a day."""
        noon = datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 - the brand's own clock
        self.events.append(Event(metric, person, noon, message, **more))

    def utc(self, moment: datetime) -> datetime:
        """A time of the brand's own clock in UTC, without a zone, as raw tables have it."""
        return moment.replace(tzinfo=ZoneInfo(self.timezone)).astimezone(UTC).replace(tzinfo=None)

    def midnight(self, day: date) -> datetime:
        """The time (UTC) at which a day of the brand begins."""
        return self.utc(datetime(day.year, day.month, day.day))  # noqa: DTZ001


def load(dsn: str, brands: Iterable[Brand]) -> None:
    """Make the raw tables and fill them."""
    with psycopg.connect(dsn) as connection:
        connection.execute(TABLES.encode())
        connection.execute(b"alter table tap_klaviyo.events add primary key (account_id, id)")
        for brand in brands:
            for table, rows in _tables(brand).items():
                insert(connection, table, rows)


def insert(connection: psycopg.Connection[Any], table: str, rows: list[dict[str, Any]]) -> None:
    """Insert rows, all with the same columns, into a raw table."""
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in rows[0])
    statement = f"copy tap_klaviyo.{table} ({names}) from stdin".encode()
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([_plain(value) for value in row.values()])


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value


def _tables(brand: Brand) -> dict[str, list[dict[str, Any]]]:
    return {
        **_account(brand),
        **_messages(brand),
        "events": _events(brand) if brand.has_events else [],
        **_aggregates(brand),
        "sync_log": _log(brand),
    }


def _account(brand: Brand) -> dict[str, list[dict[str, Any]]]:
    key = {"account_id": brand.account}
    loaded = {"_sdc_batched_at": brand.utc(brand.until)}
    return {
        "accounts": [{
            **key, "client": brand.account.lower(), "organization_name": brand.account,
            "timezone": brand.timezone, "preferred_currency": brand.currency,
            "test_account": False, **loaded,
        }],
        "metrics": [
            {**key, "id": ident, "name": name, "integration_key": integration, **loaded}
            for ident, (name, integration) in METRICS.items()
        ],
        "mapped_metrics": [
            {**key, "id": role, "metric_id": metric} for role, metric in MAPPED.items()
        ],
    }  # fmt: skip


def _messages(brand: Brand) -> dict[str, list[dict[str, Any]]]:
    key = {"account_id": brand.account}
    return {
        "campaigns": [
            {**key, "id": f"c-{ident}", "name": ident, "archived": False}
            for ident in brand.campaigns
        ],
        "campaign_messages": [
            {**key, "id": ident, "campaign_id": f"c-{ident}", "name": ident, "status": "sent",
             "send_time": brand.midnight(day)}
            for ident, (_, day) in brand.campaigns.items()
        ],
        "campaign_variations": [
            {**key, "id": f"{ident}-{channel}", "campaign_message_id": ident, "channel": channel}
            for ident, (channels, _) in brand.campaigns.items()
            for channel in channels
        ],
        "flows": [{**key, "id": "flow", "name": "flow", "status": "live"}] if brand.flows else [],
        "flow_messages": [
            {**key, "id": ident, "flow_id": "flow", "name": ident, "channel": channel}
            for ident, channel in brand.flows.items()
        ],
    }  # fmt: skip


def _events(brand: Brand) -> list[dict[str, Any]]:
    read = brand.utc(brand.until)
    return [
        {
            "account_id": brand.account,
            "id": f"e{number}",
            "datetime": brand.utc(event.at),
            "metric_id": event.metric,
            "profile_id": event.person,
            "value": event.value,
            "value_currency": event.currency,
            "event_properties": {
                **({"$message": event.message} if event.message else {}),
                **event.properties,
            },
            "attributions": [_credit(message, event.touch) for message in event.credited],
            "_sdc_extracted_at": read,
            "_sdc_batched_at": read,
        }
        for number, event in enumerate(brand.events)
    ]


def _credit(message: str, touch: str) -> dict[str, str]:
    flow, _, ident = message.rpartition(":")
    owner = {"flow_id": flow, "flow_message_id": ident} if flow else {"campaign_message_id": ident}
    return {**owner, "attributed_event_id": touch}


def _groups(event: Event, breakdown: str) -> list[dict[str, str]]:
    """The groups of a breakdown that Klaviyo counts an event in."""
    if breakdown == "total":
        return [{}]
    if breakdown == "$message":
        return [{breakdown: event.message}]
    if breakdown == "$value_currency":
        return [{breakdown: event.currency or ""}]
    if breakdown == _ATTRIBUTED:
        return [
            {"$attributed_message": ident, "$attributed_flow": flow}
            for flow, _, ident in (message.rpartition(":") for message in event.credited or ("",))
        ]
    return [{breakdown: str(event.properties.get(breakdown, "")).lower()}]


def _asked(metric: str) -> tuple[str, ...]:
    if metric in MONEY:
        return ("total", "$value_currency", *((_ATTRIBUTED,) if metric == "order" else ()))
    by_provider = ("Inbox Provider",) if metric in ("received", "bounced", "spam") else ()
    by_bot = ("Bot Click",) if metric in ("clicked", "sms_clicked") else ()
    return ("total", "$message", *by_provider, *by_bot)


def _aggregates(brand: Brand) -> dict[str, list[dict[str, Any]]]:
    read = brand.utc(brand.until)
    stamps = {"read_at": read, "_sdc_batched_at": read}
    same = {"account_id": brand.account, "interval": "day", "timezone": brand.timezone, **stamps}
    groups: dict[tuple[str, str, date, str], list[Event]] = defaultdict(list)
    for event in brand.events:
        for breakdown in _asked(event.metric):
            for group in _groups(event, breakdown):
                key = json.dumps(group, sort_keys=True)
                groups[event.metric, breakdown, event.at.date(), key].append(event)
    return {
        "metric_aggregates": [
            {
                **same, "metric_id": metric, "breakdown": breakdown, "date": day,
                "period_start": brand.midnight(day), "dimension_key": key,
                "dimensions": json.loads(key), "count": len(events),
                "unique_profiles": len({event.person for event in events}),
                "sum_value": sum(event.value or 0 for event in events),
            }
            for (metric, breakdown, day, key), events in groups.items()
        ],
        "metric_aggregate_reads": [
            {
                **same, "metric_id": metric, "breakdown": breakdown, "rows": 0,
                "window_start": brand.midnight(brand.first_day), "window_end": read,
            }
            for metric in METRICS
            for breakdown in _asked(metric)
        ],
    }  # fmt: skip


def _log(brand: Brand) -> list[dict[str, Any]]:
    read = brand.utc(brand.until)
    streams = ("metric_aggregates", *(("events",) if brand.has_events else ()))
    return [
        {
            "run_id": "run", "account_id": brand.account, "stream": stream,
            "client": brand.account.lower(), "status": "ok", "records": 0, "requests": 0,
            "retries": 0, "throttled_seconds": 0, "started_at": read, "finished_at": read,
            "window_start": brand.midnight(brand.first_day), "window_end": read,
            "_sdc_batched_at": read,
        }
        for stream in streams
    ]  # fmt: skip
