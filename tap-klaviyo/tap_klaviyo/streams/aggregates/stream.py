"""Metric aggregates: Klaviyo's own daily counts, in the account's time zone."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta

from singer_sdk import typing as th

from tap_klaviyo.client.endpoint import Endpoint
from tap_klaviyo.client.errors import RequestRefused, StreamFailed
from tap_klaviyo.run.isolation import Subject
from tap_klaviyo.streams.aggregates.breakdowns import series_of, shows_attribution
from tap_klaviyo.streams.aggregates.digests import DayDigests
from tap_klaviyo.streams.aggregates.query import day_records, parse_result, query, read_record
from tap_klaviyo.streams.base import KlaviyoStream
from tap_klaviyo.streams.columns import ACCOUNT_ID, column
from tap_klaviyo.streams.items import Checkpoint, Records
from tap_klaviyo.times import UTC, Window, day_spans, local_day, midnight

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_klaviyo.account import Account
    from tap_klaviyo.streams.aggregates.query import MetricSeries
    from tap_klaviyo.streams.items import Item
    from tap_klaviyo.streams.stream_run import StreamRun

MAX_WINDOW_DAYS = 365  # a query may span at most one year
MAX_HISTORY = timedelta(days=5 * 365 - 1)  # and begin at most five years ago
MAX_GROUPS = 500  # per response; a full one is halved, since no next page is documented

SERIES_COLUMNS = (
    ACCOUNT_ID,
    column("metric_id", "Klaviyo's id of the metric.", required=True),
    column("breakdown", "`total`, or the dimensions grouped by, joined with `,`.", required=True),
    column("interval", "Length of a bucket: `day`.", required=True),
)


class MetricAggregates(KlaviyoStream):
    """One record per metric, breakdown, group and local day.

    `total` has a record for every day read, zeros included; other breakdowns leave out days
    without events of a group. A group may vanish when Klaviyo restates a day: a row whose
    `read_at` is older than the last read of its day (`metric_aggregate_reads`) is stale.
    """

    name = "metric_aggregates"
    endpoint = Endpoint("metric-aggregates", burst=3, steady=60, scope="metrics:read")
    primary_keys = (
        "account_id",
        "metric_id",
        "breakdown",
        "interval",
        "period_start",
        "dimension_key",
    )
    replication_key = "period_start"
    has_days = True
    schema = th.PropertiesList(
        *SERIES_COLUMNS,
        column("period_start", "Beginning of the bucket, UTC.", th.DateTimeType, required=True),
        column("dimension_key", "The group as JSON text, empty for `total`.", required=True),
        column("date", "The day, in the account's time zone.", th.DateType),
        column("dimensions", "The group: dimension to value.", th.ObjectType()),
        column("timezone", "Time zone of the days."),
        column("count", "Number of events.", th.NumberType),
        column(
            "unique_profiles", "Profiles in this bucket and group; do not add up.", th.NumberType
        ),
        column("sum_value", "Sum of the events' values, in their own currency.", th.NumberType),
        column("read_at", "When it was read, UTC.", th.DateTimeType),
    ).to_dict()

    def read(self, run: StreamRun) -> Iterator[Item]:
        """Read the history of new series, then what is new of the others.

        A series is new if its metric or its breakdown appeared since the last run. It is read
        from the start date on, whatever the account's bookmark is.
        """
        series = series_of(run)
        known = run.state.series or [one.key for one in series]
        new = [one for one in series if one.key not in known]
        read_before = [one for one in series if one not in new]
        history = _windows(run, run.context.start_date) if new else []
        recent = _windows(run, run.since(run.look_back("aggregates_lookback_days")))
        run.stats.planned = len(history) * len(new) + len(recent) * len(read_before)
        digests = DayDigests()
        missing: set[str] = set()
        for window in history:
            yield from _counted(digests, self._read_window(run, new, window, missing))
        for window in recent:
            yield from _counted(digests, self._read_window(run, read_before, window, missing))
            yield _checkpoint(run, window, series, missing)
        if recent and shows_attribution(series) and not _something_is_missing(run):
            start = max(windows[0].start for windows in (recent, history) if windows)
            digests.finish(Window(start, run.until), datetime.now(UTC))
            run.account.day_digests = digests

    def _read_window(
        self, run: StreamRun, series: list[MetricSeries], window: Window, missing: set[str]
    ) -> Iterator[Records]:
        """Read a window of each series; a series that fails is left out of later windows.

        It is left out of the state as well, so the next run reads its whole history again.
        """
        for one in series:
            run.stats.done += 1
            if one.key in missing:
                continue
            with run.isolate(Subject("series", self.endpoint.path), one.key) as part:
                yield from self._read_series(run, one, window)
            if part.is_missing:
                missing.add(one.key)

    def _read_series(
        self, run: StreamRun, series: MetricSeries, window: Window
    ) -> Iterator[Records]:
        read_at = datetime.now(UTC)
        document = self._query(run, series, window)
        result = parse_result(document, series, window, read_at)
        if len(result.groups) >= MAX_GROUPS:
            for half in _halves(run.account, window):
                yield from self._read_series(run, series, half)
            return
        records = day_records(run.account, result)
        yield Records(self.name, records)
        read = read_record(run.account, result, len(records))
        yield Records(MetricAggregateReads.name, [read])

    def _query(self, run: StreamRun, series: MetricSeries, window: Window) -> dict[str, t.Any]:
        """Query in the account's zone or, if Klaviyo rejects it, in one with the same days."""
        names = run.account.zone_names
        while (name := names.of(window)) is not None:
            body = query(series, window, name, MAX_GROUPS)
            try:
                return run.post(self.endpoint, body)
            except RequestRefused as refusal:
                if "timezone" not in str(refusal):
                    raise
                run.stats.record_note(names.reject(window))
        msg = (
            f"Klaviyo rejects the time zone {run.account.timezone} and those with the same days. "
            "Choose another zone in Klaviyo (Settings > Account)."
        )
        raise RequestRefused(msg)


class MetricAggregateReads(KlaviyoStream):
    """One record per window read: what it covered, when, and how many rows it returned."""

    name = "metric_aggregate_reads"
    read_with = "metric_aggregates"
    primary_keys = ("account_id", "metric_id", "breakdown", "interval", "window_start")
    replication_key = "window_end"
    schema = th.PropertiesList(
        *SERIES_COLUMNS,
        column("window_start", "Beginning of the span read, UTC.", th.DateTimeType, required=True),
        column("window_end", "End of the span read, exclusive, UTC.", th.DateTimeType),
        column("timezone", "Time zone of the days."),
        column("read_at", "When it was read, UTC.", th.DateTimeType),
        column("rows", "Records of `metric_aggregates` this read produced.", th.IntegerType),
    ).to_dict()


def _counted(digests: DayDigests, items: Iterator[Records]) -> Iterator[Records]:
    """Pass records on, and add the aggregates to the digests of their days."""
    for item in items:
        if item.stream == MetricAggregates.name:
            digests.add(item.records)
        yield item


def _something_is_missing(run: StreamRun) -> bool:
    """Whether a series or a metric was left out, so that events could change unseen."""
    return any(run.account.stats.of(name).missing_parts() for name in (run.stream, "metrics"))


def _windows(run: StreamRun, start: datetime) -> list[Window]:
    earliest = run.until - MAX_HISTORY
    return list(day_spans(max(start, earliest), run.until, MAX_WINDOW_DAYS, run.account.zone))


def _checkpoint(
    run: StreamRun, window: Window, series: list[MetricSeries], missing: set[str]
) -> Checkpoint:
    """The end of a window that was read; keeps the keys of the series that were.

    Raises:
        StreamFailed: None of them could be read.
    """
    done = sorted(one.key for one in series if one.key not in missing)
    if series and not done:
        msg = "No series could be read. The next run tries again; report this if it persists."
        raise StreamFailed(msg)
    run.stats.extend_span(window)
    return Checkpoint(window.end, {"series": done})


def _halves(account: Account, window: Window) -> list[Window]:
    first, last = (local_day(bound, account.zone) for bound in window)
    middle = midnight(first + (last - first) // 2, account.zone)
    if middle <= window.start:
        msg = f"More than {MAX_GROUPS} groups in a single day: choose a coarser breakdown."
        raise RequestRefused(msg)
    return [Window(window.start, middle), Window(middle, window.end)]
