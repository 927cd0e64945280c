"""60,000 events into a table of many millions and into an empty one: `python -m bench.merge`.

`few` fills the table with a hundredth. The rows that are there already have keys between the new
ones', so that every page of the index is needed, and no properties, so that the table fits.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from bench.load import HEAD, tell
from bench.loading import Load, drop, durable_postgres, load, median, program
from bench.run import klaviyo, tap_command

if TYPE_CHECKING:
    from sandbox import Postgres

EVENTS, ROWS, ROUNDS = 60_000, 10_000_000, 3
OURS = "klaviyo-loader"
FILL = """
    insert into full_table.events (account_id, id, uuid, datetime, metric_id, profile_id, value)
    select
        'A0', lpad((number * %s / %s)::text, 12, '0') || 'x' || number, 'u',
        timestamp '2020-01-01' + number * interval '10 seconds',
        'ORDERS', '01HX' || number %% 1000000, 89.95
    from generate_series(%s::bigint, %s) as number
"""


def main(*, few: bool) -> None:
    """Measure and print."""
    rows = ROWS // 100 if few else ROWS
    with (
        klaviyo(events=EVENTS) as url,
        tempfile.TemporaryDirectory() as name,
        durable_postgres() as postgres,
    ):
        folder = Path(name)
        events = folder / "events.jsonl"
        with events.open("wb") as output:
            subprocess.run(tap_command(folder, url, 1, ("events",)), stdout=output, check=True)
        source = ["cat", str(events)]
        into = {
            schema: program(postgres, folder, OURS, schema) for schema in ("empty", "full_table")
        }
        load(postgres, source, into["full_table"], "full_table")
        _fill(postgres, rows)
        print(f"{EVENTS:,} new events into a table\n{HEAD}")
        _compare(postgres, source, into, rows)


def _compare(postgres: Postgres, source: list[str], into: dict[str, list[str]], rows: int) -> None:
    loads: dict[str, list[Load]] = {schema: [] for schema in into}
    for _ in range(ROUNDS):
        for schema, command in into.items():
            _make_room(postgres, schema)
            loads[schema].append(load(postgres, source, command, schema))
            there = "nothing" if schema == "empty" else f"{rows:,} rows"
            tell(f"{there} there", loads[schema][-1], EVENTS)
    for schema in into:
        tell(f"median, {schema}", median(loads[schema]), EVENTS, median(loads["empty"]))


def _fill(postgres: Postgres, rows: int) -> None:
    began = time.monotonic()
    with psycopg.connect(postgres.dsn, autocommit=True) as connection:
        for first in range(0, rows, 1_000_000):
            last = min(first + 1_000_000, rows) - 1
            connection.execute(FILL, (EVENTS, rows, first, last))
        connection.execute("vacuum analyze full_table.events")
    print(f"filled in {time.monotonic() - began:.0f} s", flush=True)


def _make_room(postgres: Postgres, schema: str) -> None:
    """Take the new events away again, so that each round inserts them."""
    if schema == "empty":
        drop(postgres, schema)
        return
    with psycopg.connect(postgres.dsn, autocommit=True) as connection:
        connection.execute("delete from full_table.events where uuid <> 'u'")
        connection.execute("vacuum full_table.events")


if __name__ == "__main__":
    main(few=sys.argv[1:] == ["few"])
