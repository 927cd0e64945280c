"""60,000 events that are in the table already, loaded again: `python -m bench.reread [few]`.

In turns: without `event_reads`, so that every row is written again, and with it, so that unchanged
rows stay as they are and the list of each day is written. Autovacuum is off, so that what it writes
for one table does not count for the other.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from bench.load import HEAD, tell
from bench.loading import Load, durable_postgres, load, median, program
from bench.run import klaviyo, tap_command

if TYPE_CHECKING:
    from sandbox import Postgres

EVENTS, ROUNDS = 60_000, 5
STREAMS = {"all_rows": ("events",), "changed_rows": ("events", "event_reads")}


def main(*, few: bool) -> None:
    """Measure and print."""
    events = EVENTS // 10 if few else EVENTS
    with (
        klaviyo(events=events) as url,
        tempfile.TemporaryDirectory() as name,
        durable_postgres() as postgres,
    ):
        _stop_autovacuum(postgres)
        folder = Path(name)
        commands: dict[str, list[list[str]]] = {}
        for schema, streams in STREAMS.items():
            messages = folder / f"{schema}.jsonl"
            with messages.open("wb") as output:
                subprocess.run(tap_command(folder, url, 1, streams), stdout=output, check=True)
            loader = program(postgres, folder, "klaviyo-loader", schema)
            commands[schema] = [["cat", str(messages)], loader]
        print(f"{events:,} events loaded again\n{HEAD}")
        loads: dict[str, list[Load]] = {schema: [] for schema in STREAMS}
        for number in range(ROUNDS + 1):
            for schema, (messages_of, loader) in commands.items():
                one = load(postgres, messages_of, loader, schema)
                tell(f"{schema}, again" if number else f"{schema}, the first time", one, events)
                loads[schema] += [one] if number else []
        for schema, found in loads.items():
            tell(f"median, {schema}", median(found), events, median(loads["all_rows"]))


def _stop_autovacuum(postgres: Postgres) -> None:
    with psycopg.connect(postgres.dsn, autocommit=True) as connection:
        connection.execute("alter system set autovacuum = off")
        connection.execute("select pg_reload_conf()")


if __name__ == "__main__":
    main(few=sys.argv[1:] == ["few"])
