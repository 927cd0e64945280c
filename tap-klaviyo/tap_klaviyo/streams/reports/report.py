"""Klaviyo's reports: queries one report for one account, within its small quota.

Every report endpoint allows an account 2 requests per minute and 225 per day
(https://developers.klaviyo.com/en/reference/reporting_api_overview), or what its responses
announce. A run uses at most a quarter of the day's quota: reading a long history takes several
runs, rather than hours of one run, and later runs and other programs have some quota left.
"""

from __future__ import annotations

import typing as t
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from tap_klaviyo.client.endpoint import Endpoint
from tap_klaviyo.client.errors import (
    RequestRefused,
    StreamDeferred,
    StreamFailed,
    StreamSkipped,
    Unreadable,
)
from tap_klaviyo.client.paging import PageLoopGuard, next_url
from tap_klaviyo.streams.reports.report_statistics import (
    CONVERSION_STATISTICS,
    VALUE_STATISTICS,
)
from tap_klaviyo.times import local_day, parse

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from tap_klaviyo.streams.stream_run import StreamRun
    from tap_klaviyo.times import Window

RUNS_PER_DAY = 4  # runs that share a day's quota
ONE_SECOND = timedelta(seconds=1)
NO_VALUES = "does not support querying for values data"

Attributes = dict[str, t.Any]


def report_endpoint(kind: str, scope: str) -> Endpoint:
    """The endpoint of a report: its path is the plural of the report's type."""
    return Endpoint(f"{kind}s", burst=1, steady=2, daily=225, scope=scope)


class Report:
    """One report of one account during a run.

    Attributes:
        columns: Values that all its records have in common.
    """

    def __init__(self, run: StreamRun, statistics: Iterable[str]) -> None:
        """Prepare to query the report of a stream.

        Args:
            run: That of the stream.
            statistics: The statistics to request.
        """
        self.columns: dict[str, str] = {}
        self._run = run
        self._endpoint = run.endpoint
        self._statistics = list(statistics)
        self._extra: Attributes = {}
        self._requests = 0

    def add_conversions(self) -> None:
        """Query with the metric the account has mapped to revenue.

        Klaviyo requires a conversion metric in any case. If none is mapped, the report is
        queried with any metric, without the statistics that depend on it.

        Raises:
            StreamSkipped: The account has no metric yet.
        """
        revenue = self._run.account.mapped_metric(self._run.stats, "revenue")
        metric_id = revenue.metric_id or revenue.custom_metric_id or ""
        self.columns["conversion_metric_id"] = metric_id
        self._extra["conversion_metric_id"] = metric_id or self._any_metric()
        if not metric_id:
            reason = "No metric is mapped to revenue in Klaviyo; map one."
            self._leave_out(CONVERSION_STATISTICS, reason)

    def pages(self, window: Window, **attributes: object) -> Iterator[Attributes]:
        """Query a window, page by page.

        Args:
            window: Whole days of the account; Klaviyo takes local times and whole hours.
            attributes: Further attributes of the query.

        Raises:
            StreamDeferred: The run's share of the quota is used up.
            KlaviyoError: See `errors.py`.
        """
        loop_guard = PageLoopGuard(self._endpoint.path, "")
        cursor = None
        while True:
            query = {**attributes, "timeframe": timeframe(window, self._run.account.zone)}
            document = self._query(query, cursor)
            yield document["data"]["attributes"]
            url = next_url(document)
            if not url:
                return
            loop_guard.check(url)
            cursor = parse_qs(urlsplit(url).query)["page_cursor"][0]

    def _query(self, query: Attributes, cursor: str | None) -> dict[str, t.Any]:
        """Query; again without values if Klaviyo has none."""
        try:
            return self._post(query, cursor)
        except RequestRefused as refusal:
            if NO_VALUES not in str(refusal) or not set(VALUE_STATISTICS) & set(self._statistics):
                raise
        reason = "Klaviyo has no values for the events of the revenue metric."
        self._leave_out(VALUE_STATISTICS, reason)
        return self._post(query, cursor)

    def _post(self, query: Attributes, cursor: str | None) -> dict[str, t.Any]:
        self._use_quota()
        attributes = {"statistics": self._statistics, **self._extra, **query}
        body = {"data": {"type": self._endpoint.path.removesuffix("s"), "attributes": attributes}}
        params = None if cursor is None else {"page_cursor": cursor}
        return self._run.post(self._endpoint, body, params)

    def _use_quota(self) -> None:
        daily = self._run.account.http.daily_quota(self._endpoint)
        if self._requests >= max(1, daily // RUNS_PER_DAY):
            msg = (
                f"{self._endpoint.path}: this run's share of Klaviyo's {daily} requests per day, "
                f"{self._requests}, is used up. The next run resumes where this one stopped."
            )
            raise StreamDeferred(msg)
        self._requests += 1

    def _leave_out(self, statistics: tuple[str, ...], reason: str) -> None:
        left_out = [name for name in self._statistics if name in statistics]
        self._statistics = [name for name in self._statistics if name not in statistics]
        problem = f"{reason} Left empty: {', '.join(left_out)}."
        self._run.stats.record_problem("partial", problem)

    def _any_metric(self) -> str:
        metrics = sorted(metric["id"] for metric in self._run.account.metrics())
        if not metrics:
            msg = (
                "The account has no metrics yet, and Klaviyo's reports require one. "
                "Nothing needs to be done: a later run reads them."
            )
            raise StreamSkipped(msg)
        return t.cast("str", metrics[0])


def results_of(attributes: Attributes) -> list[t.Any]:
    """The results of a page; an account without flows or forms may get neither these nor dates.

    Raises:
        Unreadable: There are dates, but no results.
    """
    if attributes.get("results") is None and attributes.get("date_times"):
        msg = "Klaviyo's report has dates and no results. Please report this."
        raise Unreadable(msg)
    return attributes.get("results") or []


def timeframe(window: Window, zone: ZoneInfo) -> dict[str, str]:
    """A window in Klaviyo's notation: first and last second in the account's local time.

    Klaviyo ignores the offset and rounds the end to the last second of its hour.
    """
    start = window.start.astimezone(zone)
    end = (window.end - ONE_SECOND).astimezone(zone).replace(minute=59, second=59, microsecond=0)
    return {
        name: f"{bound.replace(tzinfo=None).isoformat()}+00:00"
        for name, bound in (("start", start), ("end", end))
    }


def days(window: Window, zone: ZoneInfo, date_times: list[str]) -> list[date]:
    """The local days that the values of a daily series belong to.

    Whether Klaviyo's `date_times` are local times or UTC is not documented, so they are only
    compared with the days requested.

    Raises:
        StreamFailed: They are other days: every value would be on a wrong one.
    """
    first, last = (local_day(at, zone) for at in (window.start, window.end - ONE_SECOND))
    requested = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    labels = [parse(text) for text in date_times]
    if len(labels) != len(requested) or first not in _possible_days(labels[0], zone):
        msg = (
            f"Klaviyo returns {len(labels)} days from {date_times[:1]} where {len(requested)} "
            f"from {first} were requested. Please report this."
        )
        raise StreamFailed(msg)
    return requested


def _possible_days(label: datetime, zone: ZoneInfo) -> tuple[date, date]:
    return label.date(), local_day(label, zone)
