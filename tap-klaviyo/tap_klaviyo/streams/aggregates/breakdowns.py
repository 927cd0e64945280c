"""Which breakdowns are read of a metric.

Every metric is read as `total`. Further breakdowns follow from Klaviyo's own data if possible: the
metric's integration, and the account's mapped revenue metric. For the rest there is a table of
Klaviyo's own metric names, old and new. The setting `breakdowns` adds to all of this.
"""

from __future__ import annotations

import typing as t

from tap_klaviyo.account import METRICS
from tap_klaviyo.run.isolation import Subject
from tap_klaviyo.streams.aggregates.query import MetricSeries

if t.TYPE_CHECKING:
    from collections.abc import Iterable

    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.streams.stream_run import StreamRun

TOTAL = ()

Breakdown = tuple[str, ...]
"""The dimensions Klaviyo groups by, in order; empty for the total."""

REVENUE: tuple[Breakdown, ...] = (
    ("$attributed_message", "$attributed_flow"),
    ("$value_currency",),
)

BY_NAME: dict[str, tuple[Breakdown, ...]] = {
    "Clicked Email": (("Bot Click",),),
    "Clicked SMS": (("Bot Click",),),
    "Clicked Text Message": (("Bot Click",),),
    "Received Email": (("Inbox Provider",),),
    "Bounced Email": (("Inbox Provider",),),
    "Marked Email as Spam": (("Inbox Provider",),),
}
"""Klaviyo's own metrics, by their current and former names."""


def is_klaviyos_own(metric: Resource) -> bool:
    """Whether the metric comes from Klaviyo itself, not from a shop or the API.

    Klaviyo's API description allows any integration: the key or name decides, else the category.
    A metric without an integration counts as Klaviyo's: otherwise its messages would be lost.
    The models decide in the same way (`stg_klaviyo__metrics`).
    """
    integration = metric["attributes"].get("integration") or {}
    stated = [_plain(integration.get(part)) for part in ("key", "name")]
    if any(stated):
        return "klaviyo" in stated
    return _plain(integration.get("category")) in ("internal", "")


def _plain(value: object) -> str:
    return "" if value is None else str(value).strip().lower()


def breakdowns_of(
    metric: Resource, *, is_revenue: bool, extra: list[dict[str, t.Any]]
) -> list[Breakdown]:
    """List the breakdowns to read for a metric, the total first.

    Args:
        metric: The metric as Klaviyo sends it.
        is_revenue: Whether the account has mapped it as its revenue.
        extra: The setting `breakdowns`: `{"metric": name or id, "by": [dimension, …]}`.

    Returns:
        Breakdowns without repetition.
    """
    name = metric["attributes"].get("name")
    wanted: list[Breakdown] = [TOTAL]
    if is_klaviyos_own(metric):
        wanted += [("$message",), *BY_NAME.get(name, ())]
    if is_revenue:
        wanted += REVENUE
    wanted += [tuple(rule["by"]) for rule in extra if rule["metric"] in (name, metric["id"])]
    return list(dict.fromkeys(wanted))


def shows_attribution(series: Iterable[MetricSeries]) -> bool:
    """Whether one of the series shows which messages the account's revenue is attributed to."""
    return any(one.by == REVENUE[0] for one in series)


def series_of(run: StreamRun) -> list[MetricSeries]:
    """Every series to read for an account: each metric in each of its breakdowns."""
    revenue = run.account.mapped_metric(run.stats, "revenue").metric_id
    extra = run.context.config["breakdowns"]

    def of_metric(metric: Resource) -> list[MetricSeries]:
        is_revenue = metric["id"] == revenue
        found = breakdowns_of(metric, is_revenue=is_revenue, extra=extra)
        return [MetricSeries(metric["id"], by) for by in found]

    subject = Subject("metrics with their series", METRICS.path)
    found = run.convert(run.account.metrics(), of_metric, subject)
    return [series for of_one in found for series in of_one]
