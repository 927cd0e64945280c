"""The query for metric aggregates, and its result, as pure functions."""

from __future__ import annotations

import json
import typing as t

from tap_klaviyo.client.errors import Unreadable
from tap_klaviyo.client.filters import greater_or_equal, less_than
from tap_klaviyo.times import local_day, parse, to_z

if t.TYPE_CHECKING:
    from datetime import datetime

    from tap_klaviyo.account import Account
    from tap_klaviyo.streams.aggregates.breakdowns import Breakdown
    from tap_klaviyo.times import Window

INTERVAL = "day"
MEASUREMENTS = {"count": "count", "unique": "unique_profiles", "sum_value": "sum_value"}


class MetricSeries(t.NamedTuple):
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


class AggregateResult(t.NamedTuple):
    """What Klaviyo returned for one series and window.

    Attributes:
        dates: Beginning of each bucket, UTC.
        groups: One per combination of dimension values.
    """

    series: MetricSeries
    window: Window
    read_at: datetime
    dates: list[datetime]
    groups: list[dict[str, t.Any]]


def query(series: MetricSeries, window: Window, timezone: str, page_size: int) -> dict[str, t.Any]:
    """The body of the request.

    The bounds are in UTC: `timezone` only determines where a bucket begins.
    """
    attributes = {
        "metric_id": series.metric_id,
        "measurements": list(MEASUREMENTS),
        "filter": [
            greater_or_equal("datetime", window.start),
            less_than("datetime", window.end),
        ],
        "interval": INTERVAL,
        "timezone": timezone,
        "page_size": page_size,
        **({"by": list(series.by)} if series.by else {}),
    }
    return {"data": {"type": "metric-aggregate", "attributes": attributes}}


def parse_result(
    document: dict[str, t.Any], series: MetricSeries, window: Window, read_at: datetime
) -> AggregateResult:
    """Check and unpack Klaviyo's response.

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
    return AggregateResult(series, window, read_at, dates, attributes["data"] or [])


def day_records(account: Account, result: AggregateResult) -> list[dict[str, t.Any]]:
    """One record per group and day; days without events only for the total."""
    return [
        _record(account, result, start, group["dimensions"], values)
        for group in result.groups
        for start, values in zip(result.dates, _days(group), strict=True)
        if any(values.values()) or not result.series.by
    ]


def _days(group: dict[str, t.Any]) -> list[dict[str, t.Any]]:
    """Turn `{measurement: [value per day]}` into one mapping per day."""
    measured = {ours: group["measurements"][theirs] for theirs, ours in MEASUREMENTS.items()}
    return [
        dict(zip(measured, values, strict=True)) for values in zip(*measured.values(), strict=True)
    ]


def _record(
    account: Account,
    result: AggregateResult,
    start: datetime,
    dimensions: list[str],
    values: dict[str, t.Any],
) -> dict[str, t.Any]:
    return {
        **_series_columns(account, result),
        "period_start": to_z(start),
        "dimension_key": json.dumps(dimensions, ensure_ascii=False, separators=(",", ":"))
        if result.series.by
        else "",
        "date": local_day(start, account.zone).isoformat(),
        "dimensions": dict(zip(result.series.by, dimensions, strict=True)),
        **values,
    }


def read_record(account: Account, result: AggregateResult, rows: int) -> dict[str, t.Any]:
    """The record of what a read covered."""
    return {
        **_series_columns(account, result),
        "window_start": to_z(result.window.start),
        "window_end": to_z(result.window.end),
        "rows": rows,
    }


def _series_columns(account: Account, result: AggregateResult) -> dict[str, t.Any]:
    return {
        "account_id": account.id,
        "metric_id": result.series.metric_id,
        "breakdown": result.series.breakdown,
        "interval": INTERVAL,
        "timezone": account.zone.key,
        "read_at": to_z(result.read_at),
    }
