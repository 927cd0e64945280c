"""One run of the tap, and whether the tables then say what happened."""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.account.account import Account
from tests.random_runs import truth
from tests.random_runs.story import LOOK_BACK, Story
from tests.random_runs.targets import Memory, Postgres

TAP = Path(__file__).with_name("tap_at.py")
STREAMS = (
    "accounts", "metrics", "mapped_metrics", "metric_aggregates", "metric_aggregate_reads",
    "events", "event_reads", "campaigns", "campaign_messages", "flows", "sync_log",
)  # fmt: skip


@cache
def _catalog() -> str:
    """The streams above; the others are lists, too, and cost time."""
    command = [sys.executable, "-m", "tap_klaviyo", "--discover"]
    found = subprocess.run(command, capture_output=True, check=True)
    catalog: dict[str, Any] = json.loads(found.stdout)
    for stream in catalog["streams"]:
        root = next(m["metadata"] for m in stream["metadata"] if not m["breadcrumb"])
        root["selected"] = stream["tap_stream_id"] in STREAMS
    return json.dumps(catalog)


@dataclass
class Runs:
    """Runs of the tap in front of one target."""

    story: Story
    target: Memory | Postgres
    folder: Path
    lines: int = 3000

    def run(self, *, is_killed: bool = False) -> None:
        """Run the tap over the present world, to its end or until it is killed."""
        command = [sys.executable, TAP, self.story.now.isoformat(), *self._files()]
        log = self.folder / "log"
        with log.open("w") as errors, subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as tap:  # fmt: skip
            written = self._read(tap, is_killed=is_killed)
        target_too = is_killed and self.story.random.random() < 1 / 2
        self.target.load(written, is_killed=target_too)
        self.story.counts["killed run" if is_killed else "whole run"] += 1
        keys = [account["api_key"] for account in self.story.sandbox.accounts]
        said = log.read_text()
        assert not any(key in said for key in keys)
        if not is_killed:
            self.lines = len(written)
            assert (tap.returncode == 0) or self._nobody_can_be_read(), said[-3000:]

    def _read(self, tap: "subprocess.Popen[str]", *, is_killed: bool) -> list[str]:
        last = self.story.random.randrange(self.lines) if is_killed else None
        written = []
        for number, line in enumerate(tap.stdout):
            written.append(line)
            if number == last:
                tap.kill()
        if written and not written[-1].endswith("\n"):
            written.pop()
        return written

    def _nobody_can_be_read(self) -> bool:
        return all(row["status"] != "ok" for row in self.log())

    def _files(self) -> list[str]:
        config = {
            "accounts": self.story.sandbox.accounts,
            "api_url": self.story.sandbox.api_url,
            "start_date": self.story.start_date,
            "events_lookback_days": LOOK_BACK["events"].days,
            "aggregates_lookback_days": LOOK_BACK["metric_aggregates"].days,
        }
        contents = {"config": json.dumps(config), "catalog": _catalog()}
        if self.target.state:
            contents["state"] = json.dumps(self.target.state)
        arguments = []
        for name, content in contents.items():
            file = self.folder / f"{name}.json"
            file.write_text(content)
            arguments += [f"--{name}", str(file)]
        return arguments

    def log(self) -> list[dict[str, Any]]:
        """What `sync_log` says of the last run that wrote any."""
        rows = self.target.rows("sync_log")
        last = max(row["run_id"] for row in rows)
        return [row for row in rows if row["run_id"] == last]

    def check(self, hit: set[str]) -> None:
        """Every stream that says it is whole is; and a client without trouble is whole.

        Args:
            hit: Clients for which something could not be read in the last run.
        """
        log = {(row["client"], row["stream"]): row for row in self.log()}
        for client in self.story.accounts:
            for stream, check in (("events", self._events), ("metric_aggregates", self._days)):
                row = log[client, stream]
                if row["status"] == "ok":
                    check(client, truth.moment(row["window_end"]))
                    self.story.counts["comparison"] += 1
                else:
                    assert client in hit or client in self.story.locked, row

    def _events(self, client: str, until: datetime) -> None:
        account = self.story.accounts[client]
        told = truth.events_told(account, until, self.story.gone)
        kept = truth.events_kept(self.target.rows("events"), account, self.story.gone)
        _same(told, kept)
        self._lists(account, until)

    def _lists(self, account: Account, until: datetime) -> None:
        """With the lists of days, the table alone tells what has vanished within reach."""
        rows = self.target.rows("events")
        reach = until - LOOK_BACK["events"]
        lists = [one for one in self.target.rows("event_reads") if one["account_id"] == account.id]
        last = max((one["read_at"] for one in lists), default=None)
        for listed in lists:
            if truth.moment(listed["day_start"]) < reach:
                continue
            self.story.counts["day left out"] += listed["read_at"] < last
            told = truth.ids_told(account, listed, self.story.gone)
            assert truth.ids_kept(rows, account, listed) == told, listed["date"]
            self.story.counts["listed day"] += 1

    def _days(self, client: str, until: datetime) -> None:
        account = self.story.accounts[client]
        reads = self.target.rows("metric_aggregate_reads")
        series = truth.series_read(reads, account, until)
        assert len(series) >= len(account.metrics)
        told = truth.aggregates_told(account, series, until)
        rows = self.target.rows("metric_aggregates")
        _same(told, truth.aggregates_kept(rows, reads, account, series))

    def settle(self) -> None:
        """Everything is well again: the next run makes everything whole."""
        self.story.sandbox.heal()
        for client in list(self.story.locked):
            self.story.unlock(client)
        self.story.wait(timedelta(minutes=10))
        self.run()
        self.check(set())
        campaigns = {row["id"] for row in self.target.rows("campaigns")}
        accounts = self.story.accounts.values()
        assert campaigns == {campaign.id for a in accounts for campaign in a.campaigns}


def _same(told: dict, kept: dict) -> None:
    differing = [key for key in told.keys() | kept.keys() if told.get(key) != kept.get(key)]
    assert not differing, [(key, told.get(key), kept.get(key)) for key in differing[:5]]
