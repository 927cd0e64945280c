"""Reports with a value per day: flow messages, forms, segments."""

from __future__ import annotations

import typing as t
from datetime import date, datetime
from functools import partial

from singer_sdk import typing as th

from tap_klaviyo.client.filters import any_of
from tap_klaviyo.client.jsonapi import data_of, valid_resource
from tap_klaviyo.run.isolation import Subject
from tap_klaviyo.streams.base import KlaviyoStream
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
from tap_klaviyo.streams.items import Checkpoint, Records
from tap_klaviyo.streams.reports.report import Report, days, report_endpoint, results_of
from tap_klaviyo.streams.reports.report_statistics import (
    FORM_STATISTICS,
    MESSAGE_STATISTICS,
    SEGMENT_STATISTICS,
)
from tap_klaviyo.times import UTC, Window, day_spans, midnight, to_z

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_klaviyo.streams.items import Item, Record
    from tap_klaviyo.streams.stream_run import StreamRun

MAX_WINDOW_DAYS = 60  # of a daily series
MAX_SEGMENTS = 100  # in a filter; the report has no pages

DATE = column("date", "The day, in the account's time zone.", th.DateType, required=True)

OPTIONAL_GROUPS = {"form_version_id", "send_channel", "variation_id"}
"""Key columns that Klaviyo may leave empty; they become empty text."""

Query = dict[str, t.Any]


class ReportSeries(KlaviyoStream, abstract=True):
    """A report with values per local day, re-read for `aggregates_lookback_days`.

    A group has a record for every day of a window in which it has any value, zeros included. A
    record whose `read_at` is older than the newest one of its account and date is stale:
    Klaviyo no longer has its group.

    Attributes:
        groups: What the values are grouped by: Klaviyo's name, and the column.
        statistics: The statistics to request.
        first_day: The first day Klaviyo has values for.
        has_conversions: Whether the statistics depend on a conversion metric.
    """

    replication_key = "date"
    has_days = True
    groups: t.ClassVar[dict[str, str]]
    statistics: t.ClassVar[dict[str, str]]
    first_day = date(2000, 1, 1)
    has_conversions = False

    def read(self, run: StreamRun) -> Iterator[Item]:
        """Read windows of sixty days, each one a checkpoint."""
        report = Report(run, self.statistics)
        if self.has_conversions:
            report.add_conversions()
        queries = self.queries(run)
        earliest = midnight(self.first_day, run.account.zone)
        since = max(run.since(run.look_back("aggregates_lookback_days")), earliest)
        for window in day_spans(since, run.until, MAX_WINDOW_DAYS, run.account.zone):
            yield Records(self.name, list(self._records(run, report, window, queries)))
            run.stats.extend_span(window)
            yield Checkpoint(window.end)

    def queries(self, run: StreamRun) -> list[Query]:  # noqa: ARG002 - segments are listed
        """What to query of every window."""
        return [{"group_by": list(self.groups)}]

    def _records(
        self, run: StreamRun, report: Report, window: Window, queries: list[Query]
    ) -> Iterator[Record]:
        read_at = to_z(datetime.now(UTC))
        columns = {"account_id": run.account.id, **report.columns, "read_at": read_at}
        zone = run.account.zone
        for query in queries:
            for page in report.pages(window, interval="daily", **query):
                results = results_of(page)
                dates = days(window, zone, page.get("date_times") or []) if results else []
                convert = partial(self._days_of, columns, dates)
                for records in run.convert(results, convert):
                    yield from records

    def _days_of(
        self, columns: Record, dates: list[date], result: dict[str, t.Any]
    ) -> list[Record]:
        """The records of one group, one per day."""
        found, values = result["groupings"], result["statistics"]
        groups = {column: found.get(name) for name, column in self.groups.items()}
        groups.update({name: groups[name] or "" for name in OPTIONAL_GROUPS & groups.keys()})
        known = {name: values[name] for name in self.statistics if name in values}
        return [
            {
                **columns,
                **groups,
                "date": day.isoformat(),
                **{name: None if row is None else row[n] for name, row in known.items()},
            }
            for n, day in enumerate(dates)
        ]


class FlowSeries(ReportSeries):
    """One record per flow message, variation and local day of sending."""

    name = "flow_series"
    primary_keys = ("account_id", "flow_message_id", "variation_id", "send_channel", "date")
    endpoint = report_endpoint("flow-series-report", scope="flows:read")
    groups: t.ClassVar = {
        "flow_id": "flow_id",
        "flow_message_id": "flow_message_id",
        "send_channel": "send_channel",
        "variation": "variation_id",
    }
    statistics = MESSAGE_STATISTICS
    has_conversions = True
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


class FormVersionSeries(ReportSeries):
    """One record per version of a form and local day; a form without a test has one version."""

    name = "form_version_series"
    primary_keys = ("account_id", "form_id", "form_version_id", "date")
    endpoint = report_endpoint("form-series-report", scope="forms:read")
    groups: t.ClassVar = {"form_id": "form_id", "form_version_id": "form_version_id"}
    statistics = FORM_STATISTICS
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("form_id", "The form.", required=True),
        column("form_version_id", "Its version, empty if there is none.", required=True),
        DATE,
        *numbers(FORM_STATISTICS),
        READ_AT,
    ).to_dict()


class SegmentSeries(ReportSeries):
    """One record per segment and local day."""

    name = "segment_series"
    primary_keys = ("account_id", "segment_id", "date")
    endpoint = report_endpoint("segment-series-report", scope="segments:read")
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

    def queries(self, run: StreamRun) -> list[Query]:
        """Filters for all segments, as many in a query as a filter takes."""
        subject = Subject("segments", Segments.endpoint.path)
        pages = run.pages(Segments.endpoint, {"fields[segment]": "name"})
        ids = [
            segment["id"]
            for page in pages
            for segment in run.convert(data_of(page), valid_resource, subject)
        ]
        starts = range(0, len(ids), MAX_SEGMENTS)
        return [{"filter": any_of("segment_id", ids[n : n + MAX_SEGMENTS])} for n in starts]
