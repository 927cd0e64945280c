"""What campaigns brought, dated by when they were sent: the numbers of Klaviyo's own screens."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta

from singer_sdk import typing as th

from tap_klaviyo.run.isolation import each
from tap_klaviyo.streams.base import Checkpoint, KlaviyoStream, Records
from tap_klaviyo.streams.columns import (
    ACCOUNT_ID,
    CONVERSION_METRIC,
    READ_AT,
    SEND_CHANNEL,
    VARIATION,
    column,
    numbers,
)
from tap_klaviyo.streams.reports.report import Report, results_of
from tap_klaviyo.streams.reports.report_statistics import MESSAGE_STATISTICS
from tap_klaviyo.times import UTC, Window, quarter_spans, to_z

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_klaviyo.account import Account
    from tap_klaviyo.streams.base import Item, Record

GROUPS = ["campaign_id", "campaign_message_id", "send_channel", "variation"]
LOOK_BACK = timedelta(days=31)
"""At least this is read again, in whole quarters: numbers grow until the attribution window of the
last message is over, and late events and attribution come after that."""


class CampaignValues(KlaviyoStream):
    """One record per campaign message, variation and calendar quarter of sending.

    The numbers are those so far of what was sent in the quarter, whenever people opened or
    bought. Quarters are the account's own and the same in every run, so a record replaces the
    one of the run before. A record whose `read_at` is older than the newest one of its
    account and `window_start` is stale: Klaviyo no longer has its group.
    """

    name = "campaign_values"
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

    def read(self, account: Account) -> Iterator[Item]:
        """Quarter by quarter; what was sent in the last 31 days is read again in every run."""
        report = Report(account, self.name, "campaign-values-report", MESSAGE_STATISTICS)
        report.about_conversions()
        until = self._tap.until
        look_back = timedelta(days=self.config["aggregates_lookback_days"])
        since = self.since(account, max(LOOK_BACK, look_back))
        for quarter in quarter_spans(since, until, account.zone):
            so_far = Window(quarter.start, min(quarter.end, until))
            yield Records(self.name, self._records(account, report, quarter, so_far))
            account.tallies[self.name].cover(so_far)
            yield Checkpoint(so_far.end)

    def _records(
        self, account: Account, report: Report, quarter: Window, so_far: Window
    ) -> list[Record]:
        window = {"window_start": to_z(quarter.start), "window_end": to_z(quarter.end)}
        read_at = {"read_at": to_z(datetime.now(UTC))}

        def record(result: dict[str, t.Any]) -> Record:
            groups, numbers_of = result["groupings"], result["statistics"]
            return {
                "account_id": account.id,
                "campaign_id": groups.get("campaign_id"),
                "campaign_message_id": groups.get("campaign_message_id"),
                "variation_id": groups.get("variation") or "",
                "send_channel": groups.get("send_channel") or "",
                **report.columns,
                **window,
                **{name: numbers_of[name] for name in MESSAGE_STATISTICS if name in numbers_of},
                **read_at,
            }

        tally, path = account.tallies[self.name], "campaign-values-reports"
        pages = report.pages(so_far, group_by=GROUPS)
        return [
            row for page in pages for row in each(tally, self.name, path, results_of(page), record)
        ]
