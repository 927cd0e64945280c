"""How long the first read of an account takes, by Klaviyo's limits on requests."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from tap_klaviyo.client.rate_limit_headers import MINUTE, announced_windows
from tap_klaviyo.streams import ALL
from tap_klaviyo.streams.aggregates.breakdowns import breakdowns_of
from tap_klaviyo.streams.aggregates.stream import MAX_WINDOW_DAYS as AGGREGATE_DAYS
from tap_klaviyo.streams.reports.series import MAX_WINDOW_DAYS as SERIES_DAYS

from check.keys import revenue_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any

    from tap_klaviyo.run.key_check import KeyCheck

QUARTER = 91  # days
REPORTS = {
    "campaign_values": QUARTER,
    "flow_series": SERIES_DAYS,
    "segment_series": SERIES_DAYS,
    "form_version_series": SERIES_DAYS,
}
"""The days that one request of a report covers."""


class Pace(NamedTuple):
    """The requests that a stream needs, and how many Klaviyo allows per minute."""

    stream: str
    requests: int
    per_minute: int

    @property
    def minutes(self) -> int:
        """At the allowed pace, rounded up."""
        return math.ceil(self.requests / self.per_minute)


def paces(
    check: KeyCheck, config: Mapping[str, Any], days: int, selected: Collection[str]
) -> list[Pace]:
    """The streams that take longest, the slowest first. They are read concurrently.

    Args:
        check: What the key may read, the account's metrics, and the announced limits.
        config: The settings of the tap.
        days: From the start date to now.
        selected: The streams of a run.
    """
    requests = {name: math.ceil(days / span) for name, span in REPORTS.items()}
    requests["metric_aggregates"] = _series(check, config) * math.ceil(days / AGGREGATE_DAYS)
    endpoints = {one.name: one.endpoint for one in ALL if one.name in {*requests} & {*selected}}
    found = []
    for stream, endpoint in endpoints.items():
        if endpoint.scope not in check.lacking:
            header = {"RateLimit-Limit": check.limits.get(endpoint.name, "")}
            per_minute = announced_windows(header).get(MINUTE, endpoint.steady)
            found.append(Pace(stream, requests[stream], per_minute))
    return sorted(found, key=lambda pace: -pace.minutes)


def _series(check: KeyCheck, config: Mapping[str, Any]) -> int:
    """The metrics of the account, each in its breakdowns."""
    revenue = revenue_of(check)
    return sum(
        len(breakdowns_of(metric, is_revenue=metric["id"] == revenue, extra=config["breakdowns"]))
        for metric in check.metrics
    )
