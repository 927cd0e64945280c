"""The daily run over 100 brands, after days of daily runs: `python -m bench.daily [few]`.

Each account has 40 metrics, and 33 or 1,000 events a day. Every request takes 150 ms, and limits
hold, so aggregates (60 a minute and account) decide how long a run takes at least. The same run is
measured with the events of all days of the look-back, and with those of changed days. Klaviyo
changes nothing afterwards, so these are the days that are re-read in any case.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from bench.run import Measured, klaviyo, measure, tap_command

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
LATENCY: dict[str, float | str] = {"latency": 0.15, "per_record": 0.0005, "limits": "windows"}
SIZES = {"33": 12_000, "1,000": 360_000}
"""Events of a year, by those of a day."""

HEAD = (
    f"{'days read':<10}{'requests for events':>20}{'records':>12}{'seconds':>9}"
    f"{'cpu s':>8}{'MB':>6}{'429s':>6}"
)
DAYS_BEFORE = (4, 3, 2, 1)  # there were daily runs, the first of them with all history
HISTORY_DAYS = 14
STREAMS = (
    "accounts",
    "metrics",
    "mapped_metrics",
    "metric_aggregates",
    "metric_aggregate_reads",
    "events",
    "event_reads",
    "sync_log",
)


def main(*, few: bool) -> None:
    """Measure and print."""
    accounts = 10 if few else 100
    for daily, events in SIZES.items():
        print(f"\ndaily run, {accounts} accounts, {daily} events a day and account\n{HEAD}")
        for which, run in _runs(accounts, events):
            print(
                f"{which:<10}{run.requests:>20,}{run.events:>12,}{run.seconds:>9.1f}"
                f"{run.cpu:>8.1f}{run.megabytes:>6.0f}{run.refused:>6}",
                flush=True,
            )


def _runs(accounts: int, events: int) -> Iterator[tuple[str, Measured]]:
    now = datetime.now(timezone.utc)
    start = (now - timedelta(days=HISTORY_DAYS)).date().isoformat()
    with tempfile.TemporaryDirectory() as name:
        folder, state = Path(name), Path(name) / "state.json"
        state.write_text("{}")
        for days in DAYS_BEFORE:
            with klaviyo(events=events, metrics=40) as url:
                command = tap_command(folder, url, accounts, STREAMS, start_date=start)
                _run(_at(now - timedelta(days=days), command), state)
        for which in ("all", "changed"):
            how = {"start_date": start, "events_reread": which}
            with klaviyo(events=events, metrics=40, **LATENCY) as url:
                command = tap_command(folder, url, accounts, STREAMS, **how)
                yield which, measure([*command, "--state", str(state)], url, None)


def _at(moment: datetime, command: list[str]) -> list[str]:
    """The command as if it were another time."""
    return [sys.executable, str(ROOT / "demo/tap_at.py"), moment.isoformat(), *command[1:]]


def _run(command: list[str], state: Path) -> None:
    """Run and keep the last state."""
    with subprocess.Popen(
        [*command, "--state", str(state)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as tap:
        search = ["grep", "--text", '^{"type":"STATE"']
        found = subprocess.run(search, stdin=tap.stdout, capture_output=True, check=True).stdout
    state.write_text(json.dumps(json.loads(found.splitlines()[-1])["value"]))


if __name__ == "__main__":
    main(few=sys.argv[1:] == ["few"])
