"""The daily run over 100 brands, a month after their first: `python -m bench.daily [few]`.

Each account has 40 metrics and 12,000 events a year; every request takes 150 ms, and the
limits hold, so aggregates (60 a minute and account) decide how long it takes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.run import klaviyo, measure, table, tap_command

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

LATENCY: dict[str, float | str] = {"latency": 0.15, "per_record": 0.0005, "limits": "windows"}
STREAMS = (
    "accounts",
    "metrics",
    "mapped_metrics",
    "metric_aggregates",
    "metric_aggregate_reads",
    "events",
    "sync_log",
)


def main(*, few: bool) -> None:
    """Measure and print."""
    accounts = 10 if few else 100
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state.json"
        state.write_text("{}")
        records = 0
        for _ in range(2):
            with _new_klaviyo() as url:
                command = tap_command(Path(folder), url, accounts, STREAMS)
                records = _run([*command, "--state", str(state)], state)
        with _new_klaviyo() as url:
            command = tap_command(Path(folder), url, accounts, STREAMS)
            run = measure([*command, "--state", str(state)], url, records)
    print(table([(f"daily run, {accounts} accounts", run)], run))


def _new_klaviyo() -> AbstractContextManager[str]:
    """One whose limits know nothing of the run before, which was a day ago."""
    return klaviyo(events=12_000, metrics=40, **LATENCY)


def _run(command: list[str], state: Path) -> int:
    """Run and keep the last state; returns the records. Line by line, to stay small."""
    output = state.with_name("messages.jsonl")
    with output.open("wb") as sink:
        subprocess.run(command, stdout=sink, stderr=subprocess.DEVNULL, check=True)
    records = 0
    with output.open("rb") as lines:
        for line in lines:
            if line.startswith(b'{"type":"STATE"'):
                state.write_text(json.dumps(json.loads(line)["value"]))
            records += line.startswith(b'{"type":"RECORD"')
    return records


if __name__ == "__main__":
    main(few=sys.argv[1:] == ["few"])
