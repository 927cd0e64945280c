"""Metric aggregates: daily numbers as Klaviyo counts them, in the account's own days."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta

from singer_sdk import typing as th

from tap_klaviyo.client.errors import RequestRefused, StreamFailed
from tap_klaviyo.client.rate_limits import Limit
from tap_klaviyo.run.isolation import part
from tap_klaviyo.streams.aggregates.query import (
    Series,
    answer,
    day_records,
    query,
    read_record,
    series_of,
)
from tap_klaviyo.streams.base import Checkpoint, KlaviyoStream, Records
from tap_klaviyo.streams.columns import ACCOUNT_ID, column
from tap_klaviyo.times import UTC, Window, day_spans, local_day, midnight

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_klaviyo.account import Account
    from tap_klaviyo.streams.base import Item

METRIC_AGGREGATES = Limit("metric-aggregates", burst=3, steady=60)
LONGEST = 365  # days: a query may span at most one year
OLDEST = timedelta(days=5 * 365 - 1)  # and reach at most five years back
PAGE_SIZE = 500  # groups in an answer; a full one is cut in two, since no next page is documented

SERIES = (
    ACCOUNT_ID,
    column("metric_id", "Klaviyo's id of the metric.", required=True),
    column("breakdown", "`total`, or the dimensions grouped by, joined with `,`.", required=True),
    column("interval", "Length of a bucket: `day`.", required=True),
)


class MetricAggregates(KlaviyoStream):
    """One record per metric, breakdown, group and local day.

    `total` has a record for every day read, zeros included; other breakdowns leave out days
    on which a group did nothing. A group may vanish when Klaviyo restates a day: a row whose
    `read_at` is older than the last read of its day (`metric_aggregate_reads`) is stale.
    """

    name = "metric_aggregates"
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
        *SERIES,
        column("period_start", "Beginning of the bucket, UTC.", th.DateTimeType, required=True),
        column("dimension_key", "The group as JSON text, empty for `total`.", required=True),
        column("date", "The day, in the account's time zone.", th.DateType),
        column("dimensions", "The group: dimension to value.", th.ObjectType()),
        column("timezone", "Time zone the days were cut in."),
        column("count", "Number of events.", th.NumberType),
        column(
            "unique_profiles", "Profiles in this bucket and group; never add up.", th.NumberType
        ),
        column("sum_value", "Sum of the events' values, in their own currency.", th.NumberType),
        column("read_at", "When Klaviyo was asked, UTC.", th.DateTimeType),
    ).to_dict()

    def read(self, account: Account) -> Iterator[Item]:
        """The history of series never read before, then what is new of the others.

        A series is never read before when its metric, or its breakdown, came up since the
        last run: it begins at the start date, whatever the account's bookmark says.
        """
        tally = account.tallies[self.name]
        series = series_of(account, tally, self.config["breakdowns"])
        known = self.remembered(account).get("series") or [one.key for one in series]
        fresh = [one for one in series if one.key not in known]
        kept = [one for one in series if one not in fresh]
        look_back = timedelta(days=self.config["aggregates_lookback_days"])
        history = self._windows(account, self._tap.start_date) if fresh else []
        recent = self._windows(account, self.since(account, look_back))
        tally.planned = len(history) * len(fresh) + len(recent) * len(kept)
        missing: set[str] = set()
        for window in history:
            yield from self._read_window(account, fresh, window, missing)
        for window in recent:
            yield from self._read_window(account, kept, window, missing)
            done = sorted(one.key for one in series if one.key not in missing)
            if series and not done:
                msg = "Not one series could be read."
                raise StreamFailed(msg)
            tally.cover(window)
            yield Checkpoint(window.end, {"series": done})

    def _windows(self, account: Account, start: datetime) -> list[Window]:
        until = self._tap.until
        return list(day_spans(max(start, until - OLDEST), until, LONGEST, account.zone))

    def _read_window(
        self, account: Account, series: list[Series], window: Window, missing: set[str]
    ) -> Iterator[Records]:
        """Read a window of each series; one that fails is left out of the windows after it.

        It is left out of the state as well, so the next run asks for its whole history again.
        """
        tally = account.tallies[self.name]
        for one in series:
            tally.done += 1
            if one.key in missing:
                continue
            with part(tally, "series", "metric-aggregates", one.key) as found:
                yield from self._read_series(account, one, window)
            if found.is_missing:
                missing.add(one.key)

    def _read_series(self, account: Account, series: Series, window: Window) -> Iterator[Records]:
        asked_at = datetime.now(UTC)
        document = self._ask(account, series, window)
        read = answer(document, series, window, asked_at)
        if len(read.groups) >= PAGE_SIZE:
            for half in self._halves(account, window):
                yield from self._read_series(account, series, half)
            return
        records = day_records(account, read)
        yield Records(self.name, records)
        yield Records(MetricAggregateReads.name, [read_record(account, read, len(records))])

    def _ask(self, account: Account, series: Series, window: Window) -> dict[str, t.Any]:
        """Ask in the account's zone, or in one whose days are the same where that is refused."""
        names = account.zone_names
        while (name := names.of(window)) is not None:
            body = query(series, window, name, PAGE_SIZE)
            try:
                return account.post(self.name, METRIC_AGGREGATES, "metric-aggregates", body)
            except RequestRefused as refusal:
                if "timezone" not in str(refusal):
                    raise
                account.tallies[self.name].remark(names.refuse(window))
        msg = f"Klaviyo refuses the time zone {account.timezone} and those with the same days."
        raise RequestRefused(msg)

    @staticmethod
    def _halves(account: Account, window: Window) -> list[Window]:
        first, last = (local_day(moment, account.zone) for moment in window)
        middle = midnight(first + (last - first) // 2, account.zone)
        if middle <= window.start:
            msg = f"More than {PAGE_SIZE} groups in a single day: choose a coarser breakdown."
            raise RequestRefused(msg)
        return [Window(window.start, middle), Window(middle, window.end)]


class MetricAggregateReads(KlaviyoStream):
    """One record per window read: what was covered, when, and how many rows came of it."""

    name = "metric_aggregate_reads"
    read_with = "metric_aggregates"
    primary_keys = ("account_id", "metric_id", "breakdown", "interval", "window_start")
    replication_key = "window_end"
    schema = th.PropertiesList(
        *SERIES,
        column("window_start", "Beginning of the span read, UTC.", th.DateTimeType, required=True),
        column("window_end", "End of the span read, exclusive, UTC.", th.DateTimeType),
        column("timezone", "Time zone the days were cut in."),
        column("read_at", "When Klaviyo was asked, UTC.", th.DateTimeType),
        column("rows", "Records of `metric_aggregates` this read produced.", th.IntegerType),
    ).to_dict()
