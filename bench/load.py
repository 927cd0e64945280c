"""From Klaviyo into Postgres, and where the time goes: `python -m bench.load [few]`.

Reads the same events into /dev/null, into a target that only reads, and into Postgres with
the settings of meltano.yml and with other batch sizes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

from bench.run import klaviyo, tap, tap_command
from sandbox import Postgres

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / ".meltano/loaders/target-postgres/venv/bin/target-postgres"


def main(*, few: bool) -> None:
    """Measure and print."""
    events = 6_000 if few else 60_000
    with (
        klaviyo(events=events) as url,
        tempfile.TemporaryDirectory() as folder,
        Postgres(Path(folder) / "postgres") as postgres,
    ):
        command = tap_command(Path(folder), url, 1, ("events",))
        alone = tap(url, events).seconds
        rows = [("tap alone", alone), ("tap | cat", _piped(command, ["cat"]))]
        for change in (
            {},
            {"batch_size_rows": 10_000},
            {"use_copy": False},
            {"validate_records": True},
        ):
            settings = _target_settings(postgres, f"bench_{len(rows)}") | change
            config = Path(folder) / "target.json"
            config.write_text(json.dumps(settings))
            name = "tap | target-postgres" + (f", {change}" if change else "")
            rows.append((name, _piped(command, [str(TARGET), "--config", str(config)])))
    print(f"{events:,} events\n{'pipeline':<58}{'seconds':>9}{'events/s':>10}{'ratio':>8}")
    for name, seconds in rows:
        print(f"{name:<58}{seconds:>9.1f}{events / seconds:>10,.0f}{seconds / alone:>8.1f}")


def _target_settings(postgres: Postgres, schema: str) -> dict[str, object]:
    """The loader's settings as meltano.yml has them, for a schema of its own."""
    project = yaml.safe_load((ROOT / "meltano.yml").read_text())
    [loader] = project["plugins"]["loaders"]
    env = postgres.env
    connection = {
        "host": env["PGHOST"],
        "port": int(env["PGPORT"]),
        "user": env["PGUSER"],
        "password": env["PGPASSWORD"],
        "database": env["PGDATABASE"],
    }
    return {**loader["config"], **connection, "default_target_schema": schema}


def _piped(command: list[str], target: list[str]) -> float:
    began = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as source:
        subprocess.run(target, stdin=source.stdout, capture_output=True, check=True)
    return time.monotonic() - began


if __name__ == "__main__":
    main(few=sys.argv[1:] == ["few"])
