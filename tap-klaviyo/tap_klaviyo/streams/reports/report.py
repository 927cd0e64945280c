"""Klaviyo's reports: one endpoint asked for one account, within its small budget.

Every report endpoint allows an account 2 requests a minute and 225 a day
(https://developers.klaviyo.com/en/reference/reporting_api_overview), or what its answers
announce. A run takes at most a quarter of a day's, so that a long first history neither holds
a run up for hours nor leaves nothing to the later runs of the day and to other programs with
a key of the account.
"""

from __future__ import annotations

import typing as t
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from tap_klaviyo.client.errors import (
    RequestRefused,
    StreamDeferred,
    StreamFailed,
    StreamSkipped,
    Unreadable,
)
from tap_klaviyo.client.paging import Followed, following
from tap_klaviyo.client.rate_limits import Limit
from tap_klaviyo.streams.reports.report_statistics import CONVERSIONS, VALUES
from tap_klaviyo.times import local_day, parse

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from tap_klaviyo.account import Account
    from tap_klaviyo.times import Window

RUNS_A_DAY = 4  # as many as share a day's quota
A_SECOND = timedelta(seconds=1)
NO_VALUES = "does not support querying for values data"

Attributes = dict[str, t.Any]


class Report:
    """One report of one account during a run.

    Attributes:
        columns: What holds for all its numbers.
    """

    def __init__(self, account: Account, stream: str, kind: str, statistics: Iterable[str]) -> None:
        """Prepare the questions.

        Args:
            account: The account to ask for.
            stream: Name of the stream that asks.
            kind: The report's type, `flow-series-report`; its endpoint is the plural.
            statistics: What to ask for.
        """
        self.columns: dict[str, str] = {}
        self._account = account
        self._stream = stream
        self._kind = kind
        self._limit = Limit(f"{kind}s", burst=1, steady=2, daily=225)
        self._statistics = list(statistics)
        self._extra: Attributes = {}
        self._asked = 0

    def about_conversions(self) -> None:
        """Ask with the metric the account has mapped to revenue.

        Klaviyo wants some conversion metric in any case. Without a mapped one it gets any,
        and what depends on it is not asked for.

        Raises:
            StreamSkipped: The account has no metric at all yet.
        """
        revenue = self._account.mapped(self._account.tallies[self._stream], "revenue")
        known = revenue.metric_id or revenue.custom_metric_id or ""
        self.columns["conversion_metric_id"] = known
        self._extra["conversion_metric_id"] = known or self._any_metric()
        if not known:
            self._leave_out(CONVERSIONS, "No metric is mapped to revenue in Klaviyo; map one.")

    def pages(self, window: Window, **attributes: object) -> Iterator[Attributes]:
        """Ask for a window, page by page.

        Args:
            window: Whole days of the account; Klaviyo takes local times and whole hours.
            attributes: Further attributes of the question.

        Raises:
            StreamDeferred: The run's share of the requests is used up.
            KlaviyoError: See `errors.py`.
        """
        followed = Followed(f"{self._kind}s", "")
        cursor = None
        while True:
            question = {**attributes, "timeframe": timeframe(window, self._account.zone)}
            document = self._ask(question, cursor)
            yield document["data"]["attributes"]
            url = following(document)
            if not url:
                return
            followed.add(url)
            cursor = parse_qs(urlsplit(url).query)["page_cursor"][0]

    def _ask(self, question: Attributes, cursor: str | None) -> dict[str, t.Any]:
        try:
            return self._post(question, cursor)
        except RequestRefused as refusal:
            if NO_VALUES not in str(refusal) or not set(VALUES) & set(self._statistics):
                raise
        self._leave_out(VALUES, "Klaviyo has no values for the events of the revenue metric.")
        return self._post(question, cursor)

    def _post(self, question: Attributes, cursor: str | None) -> dict[str, t.Any]:
        daily = self._account.daily_quota(self._limit)
        if self._asked >= max(1, daily // RUNS_A_DAY):
            msg = (
                f"{self._kind}s: this run's share of Klaviyo's {daily} requests a day, "
                f"{self._asked}, is used up. The next run resumes where this one stopped."
            )
            raise StreamDeferred(msg)
        self._asked += 1
        attributes = {"statistics": self._statistics, **self._extra, **question}
        body = {"data": {"type": self._kind, "attributes": attributes}}
        path = f"{self._kind}s"
        if cursor is not None:
            path += "?" + urlencode({"page_cursor": cursor})
        return self._account.post(self._stream, self._limit, path, body)

    def _leave_out(self, statistics: tuple[str, ...], why: str) -> None:
        left_out = [name for name in self._statistics if name in statistics]
        self._statistics = [name for name in self._statistics if name not in statistics]
        tally = self._account.tallies[self._stream]
        tally.trouble("partial", f"{why} Left empty: {', '.join(left_out)}.")

    def _any_metric(self) -> str:
        metrics = sorted(metric["id"] for metric in self._account.metrics())
        if not metrics:
            msg = "The account has no metrics yet, and Klaviyo reports nothing without one."
            raise StreamSkipped(msg)
        return t.cast("str", metrics[0])


def results_of(attributes: Attributes) -> list[t.Any]:
    """The results of an answer; a brand without flows or forms may get neither these nor dates.

    Raises:
        Unreadable: There is something, but no results.
    """
    if attributes.get("results") is None and attributes.get("date_times"):
        msg = "Klaviyo's report has dates and no results."
        raise Unreadable(msg)
    return attributes.get("results") or []


def timeframe(window: Window, zone: ZoneInfo) -> dict[str, str]:
    """A window as Klaviyo takes it: first and last second in the account's time.

    Klaviyo ignores the offset and rounds the end to the last second of its hour.
    """
    start = window.start.astimezone(zone)
    end = (window.end - A_SECOND).astimezone(zone).replace(minute=59, second=59, microsecond=0)
    return {
        name: f"{moment.replace(tzinfo=None).isoformat()}+00:00"
        for name, moment in (("start", start), ("end", end))
    }


def days(window: Window, zone: ZoneInfo, date_times: list[str]) -> list[date]:
    """The local days that the numbers of a daily series belong to.

    Whether Klaviyo's `date_times` are local times or moments is not documented, so they are
    only held against the days asked for.

    Raises:
        StreamFailed: They are other days, and every number would be on a wrong one.
    """
    first, last = (local_day(at, zone) for at in (window.start, window.end - A_SECOND))
    asked = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    labels = [parse(text) for text in date_times]
    if len(labels) != len(asked) or first not in _possible_days(labels[0], zone):
        msg = (
            f"Klaviyo answers with {len(labels)} days from {date_times[:1]} where {len(asked)} "
            f"from {first} were asked for. Please report this."
        )
        raise StreamFailed(msg)
    return asked


def _possible_days(label: datetime, zone: ZoneInfo) -> tuple[date, date]:
    return label.date(), local_day(label, zone)
