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

from bench.run import klaviyo, measure, table, tap_command

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
    with (
        klaviyo(
            events=12_000, latency=0.15, per_record=0.0005, metrics=40, limits="windows"
        ) as url,
        tempfile.TemporaryDirectory() as folder,
    ):
        command = tap_command(Path(folder), url, accounts, STREAMS)
        _, state = _run(command, folder)
        file = Path(folder) / "state.json"
        file.write_text(json.dumps(state))
        again = [*command, "--state", str(file)]
        records, _ = _run(again, folder)
        run = measure(again, url, records)
    print(table([(f"daily run, {accounts} accounts", run)], run))


def _run(command: list[str], folder: str) -> tuple[int, object]:
    """Records and last state of a run; line by line, so that this process stays small."""
    output = Path(folder) / "messages.jsonl"
    with output.open("wb") as sink:
        subprocess.run(command, stdout=sink, stderr=subprocess.DEVNULL, check=True)
    records, state = 0, None
    with output.open("rb") as lines:
        for line in lines:
            if line.startswith(b'{"type":"STATE"'):
                state = json.loads(line)["value"]
            records += line.startswith(b'{"type":"RECORD"')
    return records, state


if __name__ == "__main__":
    main(few=sys.argv[1:] == ["few"])
