"""Many brands in one process and in concurrent shards: `python -m bench.shards [few]`.

64 brands (`few`: 8) of 10 metrics and 2,000 events a year go into a new database: in one run of
Meltano, then in 2, 4 and 8 concurrent shards; and once more, as on another day. A request takes
150 ms, and Klaviyo's limits hold. Two rounds, in turns. At the end, 500 brands on ten workers,
worked out from these figures (`bench/fleet.py`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from bench import fleet
from bench.daily import LATENCY
from bench.loading import ROOT, durable_postgres
from bench.run import klaviyo
from demo.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox import Postgres

METRICS, EVENTS = 10, 2_000  # of a brand, in a year
COUNTS = (1, 2, 4, 8)
ROUNDS = 2
ROWS = "select sum(records)::bigint from tap_klaviyo.sync_log where run_id like %s"
HEAD = f"{'shards':>6}  {'day':<8}{'seconds':>9}{'cpu s':>8}{'rows':>10}"


@dataclass(frozen=True)
class Day:
    """All brands read and loaded once.

    Attributes:
        seconds: Wall-clock time until the last shard ended, start-up included.
        cpu: Seconds of processor time of Meltano, tap and loader, of all shards.
        rows: Records that the tap wrote.
    """

    seconds: float
    cpu: float
    rows: int


def main(*, few: bool) -> None:
    """Measure and print."""
    brands = 8 if few else 64
    found: dict[tuple[int, str], list[Day]] = {}
    with durable_postgres() as postgres:
        for number in range(1 if few else ROUNDS):
            print(f"\nRound {number + 1}, {brands} brands\n{HEAD}")
            for count in COUNTS:
                for day, one in _days(postgres, brands, count):
                    found.setdefault((count, day), []).append(one)
                    print(f"{count:>6}  {day:<8}{one.seconds:>9.1f}{one.cpu:>8.1f}{one.rows:>10,}",
                          flush=True)  # fmt: skip
    costs = _costs(found)
    print(f"\n{costs.told()}\n{fleet.table(costs)}")


def _costs(found: dict[tuple[int, str], list[Day]]) -> fleet.Costs:
    """What a process costs, and what a row: all rows are the same, however many processes."""
    most = max(COUNTS)
    one, many = (mean(day.cpu for day in found[count, "another"]) for count in (1, most))
    start = max(0.0, (many - one) / (most - 1))
    more = mean(day.cpu for day in found[1, "first"]) - one
    rows = mean(
        a.rows - b.rows for a, b in zip(found[1, "first"], found[1, "another"], strict=True)
    )
    return fleet.Costs(start=start, row=more / rows)


def _days(postgres: Postgres, brands: int, count: int) -> Iterator[tuple[str, Day]]:
    with tempfile.TemporaryDirectory() as folder, _database(postgres) as env:
        accounts = [{"client": f"c{n}", "api_key": f"pk_bench-A{n}"} for n in range(brands)]
        for number, name in enumerate(("first", "another"), 1):
            with klaviyo(events=EVENTS, metrics=METRICS, **LATENCY) as url:
                run_id = f"2026112{number}T051500Z-bench"
                settings = {
                    **env,
                    "TAP_KLAVIYO_ACCOUNTS": json.dumps(accounts),
                    "TAP_KLAVIYO_API_URL": url,
                    "TAP_KLAVIYO_RUN_ID": run_id,
                }
                yield name, _day(Pipeline(Path(folder), settings), count, env, run_id)


def _day(pipeline: Pipeline, count: int, env: dict[str, str], run_id: str) -> Day:
    whole = [f"{Path(sys.executable).parent}/meltano", f"--env-file={pipeline.env_file}", "run",
             "tap-klaviyo", "target-postgres"]  # fmt: skip
    part = [sys.executable, "-m", "daily", f"--env-file={pipeline.env_file}"]
    commands = [[*part, f"--shard={n}/{count}"] for n in range(1, count + 1)]
    commands = commands if count > 1 else [whole]
    began = time.monotonic()
    with ThreadPoolExecutor(count) as pool:
        cpu = sum(pool.map(lambda command: _run(command, pipeline), commands))
    seconds = time.monotonic() - began
    with psycopg.connect(_dsn(env)) as connection:
        [(rows,)] = connection.execute(ROWS, [run_id]).fetchall()
    return Day(seconds, cpu, rows)


def _run(command: list[str], pipeline: Pipeline) -> float:
    """Run to the end; seconds of processor time, that of its own processes included.

    Raises:
        RuntimeError: It failed; its log is in the message.
    """
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=pipeline.environment(), stdout=log, stderr=log
        )
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            log.seek(0)
            message = f"{command[-1]}: {os.waitstatus_to_exitcode(status)}\n{log.read().decode()}"
            raise RuntimeError(message[-20_000:])
    return usage.ru_utime + usage.ru_stime


@contextmanager
def _database(postgres: Postgres) -> Iterator[dict[str, str]]:
    """A new database that keeps Meltano's state too."""
    name = sql.Identifier("shards")
    with psycopg.connect(postgres.dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(name))
    env = {**postgres.env, "PGDATABASE": "shards"}
    with psycopg.connect(_dsn(env), autocommit=True) as connection:
        connection.execute("create schema meltano")
    login = f"{env['PGUSER']}:{env['PGPASSWORD']}@{env['PGHOST']}:{env['PGPORT']}"
    uri = f"postgresql+psycopg://{login}/shards?options=-csearch_path%3Dmeltano"
    yield {**env, "MELTANO_DATABASE_URI": uri}
    with psycopg.connect(postgres.dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(name))


def _dsn(env: dict[str, str]) -> str:
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    known = {key: env[name] for key, name in names.items()}
    return make_conninfo(dbname=env["PGDATABASE"], **known)


if __name__ == "__main__":
    main(few=sys.argv[1:] == ["few"])
