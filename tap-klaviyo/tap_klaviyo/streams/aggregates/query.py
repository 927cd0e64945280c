"""The query for metric aggregates and its answer, as pure functions."""

from __future__ import annotations

import json
import typing as t

from tap_klaviyo.client.errors import Unreadable
from tap_klaviyo.run.isolation import each
from tap_klaviyo.streams.aggregates.breakdowns import Breakdown, breakdowns_of
from tap_klaviyo.times import local_day, parse, to_z

if t.TYPE_CHECKING:
    from datetime import datetime

    from tap_klaviyo.account import Account
    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.run.run_stats import Tally
    from tap_klaviyo.times import Window

INTERVAL = "day"
MEASUREMENTS = {"count": "count", "unique": "unique_profiles", "sum_value": "sum_value"}


class Series(t.NamedTuple):
    """One metric, grouped in one way."""

    metric_id: str
    by: Breakdown

    @property
    def breakdown(self) -> str:
        """Its name in the records: `total`, or the dimensions joined with `,`."""
        return ",".join(self.by) or "total"

    @property
    def key(self) -> str:
        """Its name in the state."""
        return f"{self.metric_id}:{self.breakdown}"


class Answer(t.NamedTuple):
    """What Klaviyo answered for one series and window.

    Attributes:
        groups: One per combination of dimension values.
        dates: Beginning of each bucket, UTC.
    """

    series: Series
    window: Window
    read_at: datetime
    dates: list[datetime]
    groups: list[dict[str, t.Any]]


def series_of(account: Account, tally: Tally, extra: list[dict[str, t.Any]]) -> list[Series]:
    """Every series to read for an account: each metric in each of its breakdowns."""
    revenue = account.mapped(tally, "revenue").metric_id

    def of_one(metric: Resource) -> list[Series]:
        is_revenue = metric["id"] == revenue
        found = breakdowns_of(metric, is_revenue=is_revenue, extra=extra)
        return [Series(metric["id"], by) for by in found]

    found = each(tally, "metrics with their series", "metrics", account.metrics(), of_one)
    return [series for of_metric in found for series in of_metric]


def query(series: Series, window: Window, timezone: str, page_size: int) -> dict[str, t.Any]:
    """The body of the request.

    The bounds are moments in UTC: `timezone` decides where a bucket begins, not what a
    bound means.
    """
    attributes = {
        "metric_id": series.metric_id,
        "measurements": list(MEASUREMENTS),
        "filter": [
            f"greater-or-equal(datetime,{to_z(window.start)})",
            f"less-than(datetime,{to_z(window.end)})",
        ],
        "interval": INTERVAL,
        "timezone": timezone,
        "page_size": page_size,
        **({"by": list(series.by)} if series.by else {}),
    }
    return {"data": {"type": "metric-aggregate", "attributes": attributes}}


def answer(document: dict[str, t.Any], series: Series, window: Window, read_at: datetime) -> Answer:
    """Check and unpack Klaviyo's answer.

    Raises:
        Unreadable: The buckets do not begin where the window does. They would be days of
            another time zone, or parts of days, and every number would be subtly wrong.
    """
    attributes = document["data"]["attributes"]
    dates = [parse(text) for text in attributes["dates"] or ()]
    if dates and dates[0] != window.start:
        msg = (
            f"Klaviyo's daily buckets begin at {to_z(dates[0])} for a window that begins at "
            f"{to_z(window.start)}: they are not this account's days. Please report this."
        )
        raise Unreadable(msg)
    return Answer(series, window, read_at, dates, attributes["data"] or [])


def day_records(account: Account, read: Answer) -> list[dict[str, t.Any]]:
    """One record per group and day; days without anything only for the total."""
    return [
        _record(account, read, start, group["dimensions"], values)
        for group in read.groups
        for start, values in zip(read.dates, _days(group), strict=True)
        if any(values.values()) or not read.series.by
    ]


def _days(group: dict[str, t.Any]) -> list[dict[str, t.Any]]:
    """Turn measurement → [value per day] into one mapping per day."""
    measured = {ours: group["measurements"][theirs] for theirs, ours in MEASUREMENTS.items()}
    return [
        dict(zip(measured, values, strict=True)) for values in zip(*measured.values(), strict=True)
    ]


def _record(
    account: Account,
    read: Answer,
    start: datetime,
    dimensions: list[str],
    values: dict[str, t.Any],
) -> dict[str, t.Any]:
    return {
        **_series_columns(account, read),
        "period_start": to_z(start),
        "dimension_key": json.dumps(dimensions, ensure_ascii=False, separators=(",", ":"))
        if read.series.by
        else "",
        "date": local_day(start, account.zone).isoformat(),
        "dimensions": dict(zip(read.series.by, dimensions, strict=True)),
        **values,
    }


def read_record(account: Account, read: Answer, rows: int) -> dict[str, t.Any]:
    """The record that says what a read covered."""
    return {
        **_series_columns(account, read),
        "window_start": to_z(read.window.start),
        "window_end": to_z(read.window.end),
        "rows": rows,
    }


def _series_columns(account: Account, read: Answer) -> dict[str, t.Any]:
    return {
        "account_id": account.id,
        "metric_id": read.series.metric_id,
        "breakdown": read.series.breakdown,
        "interval": INTERVAL,
        "timezone": account.zone.key,
        "read_at": to_z(read.read_at),
    }
