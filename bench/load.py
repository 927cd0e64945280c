"""From Klaviyo into Postgres, and where the time goes: `python -m bench.load [few]`.

Reads the same events into /dev/null, into a pipe that only reads, and into Postgres: with the
settings of meltano.yml, with others, and through two loaders at once that have half of it each.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

from bench.run import klaviyo, tap, tap_command
from sandbox import Postgres

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / ".meltano/loaders/target-postgres/venv/bin/klaviyo-loader"


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
            {"add_record_metadata": False},
        ):
            settings = _target_settings(postgres, f"bench_{len(rows)}") | change
            config = Path(folder) / "target.json"
            config.write_text(json.dumps(settings))
            name = "tap | target-postgres" + (f", {change}" if change else "")
            rows.append((name, _piped(command, [str(TARGET), "--config", str(config)])))
        rows.append(("two pipelines at once, half each", _two_at_once(events // 2, postgres)))
    print(f"{events:,} events\n{'pipeline':<58}{'seconds':>9}{'events/s':>10}{'ratio':>8}")
    for name, seconds in rows:
        print(f"{name:<58}{seconds:>9.1f}{events / seconds:>10,.0f}{seconds / alone:>8.1f}")


def _two_at_once(events: int, postgres: Postgres) -> float:
    """Two brands' pipelines, each with so many events."""
    with (
        klaviyo(events=events) as url,
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory() as other,
        ThreadPoolExecutor() as pool,
    ):
        pairs: list[tuple[list[str], list[str]]] = []
        for folder in (Path(one), Path(other)):
            settings = _target_settings(postgres, f"half_{len(pairs)}")
            config = folder / "target.json"
            config.write_text(json.dumps(settings))
            target = [str(TARGET), "--config", str(config)]
            pairs.append((tap_command(folder, url, 1, ("events",)), target))
        began = time.monotonic()
        list(pool.map(_piped, *zip(*pairs, strict=True)))
        return time.monotonic() - began


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
