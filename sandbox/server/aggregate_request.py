"""Checking the body of POST /metric-aggregates."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

from sandbox.server.aggregates import buckets
from sandbox.server.errors import ApiError, bad_body
from sandbox.server.filters import parse_text, parse_time, split_call

if TYPE_CHECKING:
    from sandbox.account.account import Account

BY = (
    "$attributed_channel", "$attributed_flow", "$attributed_message", "$attributed_variation",
    "$campaign_channel", "$flow", "$flow_channel", "$message", "$message_send_cohort",
    "$usage_amount", "$value_currency", "$variation", "$variation_send_cohort", "Bot Click",
    "Bounce Type", "Campaign Name", "Client Canonical", "Client Name", "Client Type",
    "Email Domain", "Failure Source", "Failure Type", "From Number", "From Phone Region",
    "Inbox Provider", "List", "Message Format", "Message Name", "Message Type", "Method",
    "Segment Count", "Subject", "To Number", "To Phone Region", "URL", "form_id",
)  # fmt: skip
MEASUREMENTS = ("count", "sum_value", "unique")
INTERVALS = ("day", "hour", "month", "week")
_NO_ZONES = {"Factory", "Europe/Kyiv", "Pacific/Kanton"}
_KNOWN = {
    "metric_id", "page_cursor", "measurements", "interval", "page_size", "by", "return_fields",
    "filter", "timezone", "sort",
}  # fmt: skip
_MOST_ROWS = 500
_YEAR = timedelta(days=366)


@dataclass(frozen=True)
class AggregateRequest:
    """A checked request.

    Attributes:
        metric: Key of the metric.
        start: First instant, inclusive.
        end: Last instant, exclusive.
        equals: Dimensions that must have a value.
        buckets: Starts of the buckets, in UTC.
        offset: Rows to leave out, from the page cursor.
    """

    metric: str
    measurements: tuple[str, ...]
    by: tuple[str, ...]
    start: datetime
    end: datetime
    equals: dict[str, str]
    buckets: list[datetime]
    sort: str
    size: int
    offset: int


def read_aggregate_request(body: bytes, account: Account) -> AggregateRequest:
    """Check a body.

    Raises:
        ApiError: 400 pointing at what Klaviyo would refuse.
    """
    asked = _attributes(body)
    zone = _zone(asked.get("timezone") or "UTC")
    start, end, equals = _window(asked, zone)
    interval = asked.get("interval") or "day"
    if interval not in INTERVALS:
        raise bad_body(pointer="interval", detail=f"'{interval}' is not a valid interval")
    by = _choices(asked, "by", BY)
    return AggregateRequest(
        metric=_metric(asked, account),
        measurements=_choices(asked, "measurements", MEASUREMENTS, required=True),
        by=by,
        start=start,
        end=end,
        equals=equals,
        buckets=buckets(start, end, interval, zone),
        sort=_sort(asked, by),
        size=_size(asked),
        offset=_offset(asked),
    )


def _attributes(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)["data"]
        kind, asked = data["type"], data["attributes"]
    except (ValueError, KeyError, TypeError) as error:
        raise bad_body(pointer="", detail="The body is not a metric-aggregate query") from error
    if kind != "metric-aggregate" or not isinstance(asked, dict):
        raise bad_body(pointer="type", detail="The type must be 'metric-aggregate'")
    if unknown := asked.keys() - _KNOWN:
        raise bad_body(pointer=min(unknown), detail=f"'{min(unknown)}' is not a valid field")
    return asked


def _metric(asked: dict[str, Any], account: Account) -> str:
    for key, metric in account.metrics.items():
        if metric.id == asked.get("metric_id"):
            return key
    raise bad_body(
        pointer="metric_id", detail=f"Metric IDs ['{asked.get('metric_id')}'] do not exist"
    )


def _choices(
    asked: dict[str, Any], name: str, allowed: tuple[str, ...], *, required: bool = False
) -> tuple[str, ...]:
    values = asked.get(name)
    if values is None and not required:
        return ()
    if not isinstance(values, list) or (required and not values):
        raise bad_body(pointer=name, detail=f"'{name}' must be a list")
    for value in values:
        if value not in allowed:
            raise bad_body(pointer=name, detail=f"'{value}' is not a valid choice for '{name}'")
    return tuple(values)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    """Names Klaviyo knows; the set is slow to make."""
    return frozenset(available_timezones() - _NO_ZONES)


def _zone(name: object) -> ZoneInfo:
    if not isinstance(name, str) or name not in _zones():
        raise bad_body(pointer="timezone", detail=f"'{name}' is not a valid timezone")
    return ZoneInfo(name)


def _window(asked: dict[str, Any], zone: ZoneInfo) -> tuple[datetime, datetime, dict[str, str]]:
    """The two ends of the time range, and the dimensions that must have a value."""
    filters = asked.get("filter")
    if not isinstance(filters, list):
        raise bad_body(pointer="filter", detail="'filter' must be a list")
    bounds: dict[str, datetime] = {}
    equals: dict[str, str] = {}
    try:
        for text in filters:
            _read_filter(str(text), zone, bounds, equals)
    except ApiError as error:
        raise bad_body(pointer="filter", detail=error.detail) from error
    if bounds.keys() != {"greater-or-equal", "less-than"}:
        raise bad_body(
            pointer="filter",
            detail="A time range needs greater-or-equal and less-than on datetime",
        )
    start, end = bounds["greater-or-equal"], bounds["less-than"]
    _check_length(start, end)
    return start, end, equals


def _check_length(start: datetime, end: datetime) -> None:
    if start >= end:
        raise bad_body(pointer="filter", detail="Start date must be before end date")
    if end - start > _YEAR:
        raise bad_body(pointer="filter", detail="A time range may span at most one year")


def _read_filter(
    text: str, zone: ZoneInfo, bounds: dict[str, datetime], equals: dict[str, str]
) -> None:
    operator, name, value = split_call(text)
    if name == "datetime" and operator in ("greater-or-equal", "less-than"):
        bounds[operator] = parse_time(value, zone)
    elif name in BY and operator == "equals":
        equals[name] = parse_text(value)
    else:
        raise bad_body(pointer="filter", detail=f"Invalid filter: '{text}'")


def _sort(asked: dict[str, Any], by: tuple[str, ...]) -> str:
    sort = asked.get("sort") or ""
    if sort and sort.removeprefix("-") not in (*by, *MEASUREMENTS):
        raise bad_body(pointer="sort", detail=f"'{sort}' is not a valid sort")
    return str(sort)


def _size(asked: dict[str, Any]) -> int:
    size = asked.get("page_size") or _MOST_ROWS
    if not isinstance(size, int) or not 1 <= size <= _MOST_ROWS:
        raise bad_body(pointer="page_size", detail=f"Page size must be between 1 and {_MOST_ROWS}")
    return size


def _offset(asked: dict[str, Any]) -> int:
    cursor = asked.get("page_cursor")
    if cursor is None or cursor == "":
        return 0
    if not str(cursor).isdecimal():
        raise bad_body(pointer="page_cursor", detail="Invalid cursor provided")
    return int(cursor)
