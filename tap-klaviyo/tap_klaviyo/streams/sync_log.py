"""The run log."""

from __future__ import annotations

import sys
import typing as t

from singer_sdk import typing as th

from tap_klaviyo.streams.base import KlaviyoStream
from tap_klaviyo.streams.columns import ACCOUNT_ID, column
from tap_klaviyo.streams.items import Records

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tap_klaviyo.account import Account
    from tap_klaviyo.streams.items import Item, Record
    from tap_klaviyo.streams.stream_run import StreamRun


class SyncLog(KlaviyoStream):
    """One record per run, account and stream.

    It is emitted as `failed` when the run begins, and replaced at the end: a signal to all
    processes of a run, as a terminal sends it, ends the loader before the tap can report. An
    account whose key never worked has the id `client:<client>`, since Klaviyo's is unknown.
    """

    name = "sync_log"
    primary_keys = ("run_id", "account_id", "stream")
    schema = th.PropertiesList(
        column("run_id", "Id of the run; sorts by the time the run began.", required=True),
        ACCOUNT_ID,
        column("stream", "Name of the stream.", required=True),
        column("client", "The agency's own short name for the account."),
        column(
            "status",
            "`ok`; `partial`: something was left out; `skipped`: the key may not read it; "
            "`deferred`: the quota is used up; `failed`: see `error`, and every stream until its "
            "run ends.",
        ),
        column("started_at", "When reading began, UTC.", th.DateTimeType),
        column("finished_at", "When reading ended, UTC.", th.DateTimeType),
        column("records", "Records emitted.", th.IntegerType),
        column("requests", "Requests sent, retries included.", th.IntegerType),
        column("retries", "Requests that were retried.", th.IntegerType),
        column(
            "throttled_seconds", "Seconds spent waiting for rate limits and retries.", th.NumberType
        ),
        column("window_start", "Beginning of the span read, UTC.", th.DateTimeType),
        column("window_end", "End of the span read, exclusive, UTC.", th.DateTimeType),
        column("error", "What went wrong and what to do about it."),
        column(
            "shard",
            "The part of the run that read the account, `3/16`; null if it was not divided.",
        ),
    ).to_dict()

    def read(self, run: StreamRun) -> Iterator[Item]:
        """Yield the statistics of the account's streams so far."""
        yield self._records(run.account)

    def emit(self, accounts: Sequence[Account]) -> None:
        """Write the statistics of these accounts as of now, and flush: the loader needs them."""
        if self.selected:
            for account in accounts:
                self.write(self._records(account))
        sys.stdout.flush()

    def _records(self, account: Account) -> Records:
        streams = t.cast("dict[str, KlaviyoStream]", self._tap.streams).values()
        rows = [
            self._row(account, stream)
            for stream in streams
            if stream.selected and stream.name != self.name
        ]
        return Records(self.name, rows)

    def _row(self, account: Account, stream: KlaviyoStream) -> Record:
        """Counts are the stream's own; status and times are those of the stream that reads it."""
        own, leading = account.stats.of(stream.name), account.stats.of(stream.leader.name)
        counts = ("records", "requests", "retries", "throttled_seconds")
        row = own.as_row()
        return {
            "run_id": self._tap.run_id,
            "account_id": account.id,
            "stream": stream.name,
            "client": account.client,
            **leading.as_row(),
            **{name: row[name] for name in counts},
            "shard": str(self._tap.shard) if self._tap.shard else None,
        }
