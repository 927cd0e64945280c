"""Reports with a number per day: flow messages, forms, segments."""

from __future__ import annotations

import typing as t
from datetime import date, datetime, timedelta
from functools import partial

from singer_sdk import typing as th

from tap_klaviyo.client.filters import any_of
from tap_klaviyo.client.jsonapi import data_of, sound
from tap_klaviyo.run.isolation import each
from tap_klaviyo.streams.base import Checkpoint, KlaviyoStream, Records
from tap_klaviyo.streams.collections import Segments
from tap_klaviyo.streams.columns import (
    ACCOUNT_ID,
    CONVERSION_METRIC,
    READ_AT,
    SEND_CHANNEL,
    VARIATION,
    column,
    numbers,
)
from tap_klaviyo.streams.reports.report import Report, days, results_of
from tap_klaviyo.streams.reports.report_statistics import (
    FORM_STATISTICS,
    MESSAGE_STATISTICS,
    SEGMENT_STATISTICS,
)
from tap_klaviyo.times import UTC, Window, day_spans, midnight, to_z

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_klaviyo.account import Account
    from tap_klaviyo.streams.base import Item, Record

LONGEST = 60  # days of a daily series
AT_ONCE = 100  # segments in a filter; the report has no pages

DATE = column("date", "The day, in the account's time zone.", th.DateType, required=True)

MAY_BE_EMPTY = {"variation_id", "send_channel"}
"""Columns of groups that are no less a group without a value."""

Question = dict[str, t.Any]


class Series(KlaviyoStream):
    """A report with numbers per local day, re-read for `aggregates_lookback_days`.

    A group has a record for every day of a window in which it did anything, zeros included. A
    record whose `read_at` is older than the newest one of its account and date is stale:
    Klaviyo no longer has its group.

    Attributes:
        kind: The report's type.
        groups: What its numbers are grouped by: Klaviyo's word and our column.
        statistics: What is asked for.
        first_day: Klaviyo has no numbers before it.
    """

    replication_key = "date"
    has_days = True
    kind: str
    groups: t.ClassVar[dict[str, str]]
    statistics: dict[str, str]
    first_day = date(2000, 1, 1)

    def read(self, account: Account) -> Iterator[Item]:
        """Windows of sixty days, each one a checkpoint."""
        report = self.report(account)
        questions = self.questions(account)
        look_back = timedelta(days=self.config["aggregates_lookback_days"])
        earliest = midnight(self.first_day, account.zone)
        since = max(self.since(account, look_back), earliest)
        for window in day_spans(since, self._tap.until, LONGEST, account.zone):
            records = self._records(account, report, window, questions)
            yield Records(self.name, list(records))
            account.tallies[self.name].cover(window)
            yield Checkpoint(window.end)

    def report(self, account: Account) -> Report:
        """The report to ask."""
        return Report(account, self.name, self.kind, self.statistics)

    def questions(self, account: Account) -> list[Question]:  # noqa: ARG002 - segments are listed
        """What to ask of every window."""
        return [{"group_by": list(self.groups)}]

    def _records(
        self, account: Account, report: Report, window: Window, questions: list[Question]
    ) -> Iterator[Record]:
        tally, path = account.tallies[self.name], f"{self.kind}s"
        columns = {"account_id": account.id, **report.columns, "read_at": to_z(datetime.now(UTC))}
        for question in questions:
            for page in report.pages(window, interval="daily", **question):
                results = results_of(page)
                dates = days(window, account.zone, page.get("date_times") or []) if results else []
                convert = partial(self._days_of, columns, dates)
                for found in each(tally, self.name, path, results, convert):
                    yield from found

    def _days_of(
        self, columns: Record, dates: list[date], result: dict[str, t.Any]
    ) -> list[Record]:
        found, series = result["groupings"], result["statistics"]
        groups = {ours: found.get(name) for name, ours in self.groups.items()}
        groups.update({ours: groups[ours] or "" for ours in MAY_BE_EMPTY & groups.keys()})
        known = {name: series[name] for name in self.statistics if name in series}
        return [
            {
                **columns,
                **groups,
                "date": day.isoformat(),
                **{name: None if row is None else row[n] for name, row in known.items()},
            }
            for n, day in enumerate(dates)
        ]


class FlowSeries(Series):
    """One record per flow message, variation and local day of sending."""

    name = "flow_series"
    primary_keys = ("account_id", "flow_message_id", "variation_id", "send_channel", "date")
    kind = "flow-series-report"
    groups: t.ClassVar = {
        "flow_id": "flow_id",
        "flow_message_id": "flow_message_id",
        "send_channel": "send_channel",
        "variation": "variation_id",
    }
    statistics = MESSAGE_STATISTICS
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("flow_id", "The flow."),
        column("flow_message_id", "The message.", required=True),
        VARIATION,
        SEND_CHANNEL,
        DATE,
        CONVERSION_METRIC,
        *numbers(MESSAGE_STATISTICS),
        READ_AT,
    ).to_dict()

    def report(self, account: Account) -> Report:
        """The report with the account's conversion metric."""
        report = super().report(account)
        report.about_conversions()
        return report


class FormSeries(Series):
    """One record per form and local day."""

    name = "form_series"
    primary_keys = ("account_id", "form_id", "date")
    kind = "form-series-report"
    groups: t.ClassVar = {"form_id": "form_id"}
    statistics = FORM_STATISTICS
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("form_id", "The form.", required=True),
        DATE,
        *numbers(FORM_STATISTICS),
        READ_AT,
    ).to_dict()


class SegmentSeries(Series):
    """One record per segment and local day."""

    name = "segment_series"
    primary_keys = ("account_id", "segment_id", "date")
    kind = "segment-series-report"
    groups: t.ClassVar = {"segment_id": "segment_id"}
    statistics = SEGMENT_STATISTICS
    first_day = date(2023, 6, 1)
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("segment_id", "The segment.", required=True),
        DATE,
        *numbers(SEGMENT_STATISTICS),
        READ_AT,
    ).to_dict()

    def questions(self, account: Account) -> list[Question]:
        """All segments, as many in a question as a filter takes."""
        params = {"fields[segment]": "name", "page[size]": str(Segments.page_size)}
        pages = account.pages(self.name, Segments.limit, Segments.name, params)
        tally = account.tallies[self.name]
        ids = [
            segment["id"]
            for page in pages
            for segment in each(tally, "segments", Segments.name, data_of(page), sound)
        ]
        chunks = (ids[first : first + AT_ONCE] for first in range(0, len(ids), AT_ONCE))
        return [{"filter": any_of("segment_id", chunk)} for chunk in chunks]
