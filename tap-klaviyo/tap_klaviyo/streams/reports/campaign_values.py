"""Campaign values: results of campaigns by send date, as on Klaviyo's own screens."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta
from functools import partial

from singer_sdk import typing as th

from tap_klaviyo.streams.base import KlaviyoStream
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
from tap_klaviyo.streams.reports.report import Report, report_endpoint, results_of
from tap_klaviyo.streams.reports.report_statistics import MESSAGE_STATISTICS
from tap_klaviyo.times import UTC, Window, quarter_spans, to_z

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_klaviyo.streams.items import Item, Record
    from tap_klaviyo.streams.stream_run import StreamRun

GROUPS = ["campaign_id", "campaign_message_id", "send_channel", "variation"]
MIN_LOOK_BACK = timedelta(days=31)
"""At least this span is re-read, in whole quarters: numbers grow until the attribution window of
the last message is over, and late events and attribution arrive after that."""


class CampaignValues(KlaviyoStream):
    """One record per campaign message, variation and calendar quarter of sending.

    The numbers are the results so far of messages sent in the quarter, whenever people opened or
    bought. Quarters are in the account's time zone and the same in every run, so a record
    replaces the one of the previous run. A record whose `read_at` is older than the newest one of
    its account and `window_start` is stale: Klaviyo no longer has its group.
    """

    name = "campaign_values"
    endpoint = report_endpoint("campaign-values-report", scope="campaigns:read")
    primary_keys = (
        "account_id",
        "campaign_message_id",
        "variation_id",
        "send_channel",
        "conversion_metric_id",
        "window_start",
        "window_end",
    )
    replication_key = "window_end"
    has_days = True
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("campaign_id", "The campaign."),
        column("campaign_message_id", "The message.", required=True),
        VARIATION,
        SEND_CHANNEL,
        CONVERSION_METRIC,
        column("window_start", "Beginning of the quarter, UTC.", th.DateTimeType, required=True),
        column("window_end", "Its end, exclusive, UTC.", th.DateTimeType, required=True),
        *numbers(MESSAGE_STATISTICS),
        READ_AT,
    ).to_dict()

    def read(self, run: StreamRun) -> Iterator[Item]:
        """Read quarter by quarter; what was sent in the last 31 days is re-read in every run."""
        report = Report(run, MESSAGE_STATISTICS)
        report.add_conversions()
        look_back = max(MIN_LOOK_BACK, run.look_back("aggregates_lookback_days"))
        for quarter in quarter_spans(run.since(look_back), run.until, run.account.zone):
            so_far = Window(quarter.start, min(quarter.end, run.until))
            yield Records(self.name, list(self._records(run, report, quarter, so_far)))
            run.stats.extend_span(so_far)
            yield Checkpoint(so_far.end)

    @staticmethod
    def _records(
        run: StreamRun, report: Report, quarter: Window, so_far: Window
    ) -> Iterator[Record]:
        columns = {
            "account_id": run.account.id,
            **report.columns,
            "window_start": to_z(quarter.start),
            "window_end": to_z(quarter.end),
            "read_at": to_z(datetime.now(UTC)),
        }
        for page in report.pages(so_far, group_by=GROUPS):
            convert = partial(_record, columns)
            yield from run.convert(results_of(page), convert)


def _record(columns: Record, result: dict[str, t.Any]) -> Record:
    groups, statistics = result["groupings"], result["statistics"]
    return {
        **columns,
        "campaign_id": groups.get("campaign_id"),
        "campaign_message_id": groups.get("campaign_message_id"),
        "variation_id": groups.get("variation") or "",
        "send_channel": groups.get("send_channel") or "",
        **{name: statistics[name] for name in MESSAGE_STATISTICS if name in statistics},
    }
