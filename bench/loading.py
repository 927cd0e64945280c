"""Running the loader and the standard target into a Postgres that keeps what it is told."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import yaml
from psycopg import sql

from sandbox import Postgres, target_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from resource import struct_rusage

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / ".meltano/loaders/target-postgres/venv/bin"
WRITTEN = """
    select coalesce(sum(n_tup_upd + n_tup_del), 0) from pg_stat_user_tables
    where schemaname = %s
"""


@dataclass(frozen=True)
class Load:
    """One run of a loader.

    Attributes:
        seconds: Wall-clock time, start-up included, of the tap too if it is one.
        cpu: Seconds of processor time of the loader alone.
        megabytes: Its peak resident memory (Linux).
        wal: Megabytes that Postgres wrote to its log of changes.
        dead: Rows that were written and replaced.
    """

    seconds: float
    cpu: float
    megabytes: float
    wal: float
    dead: float


def median(loads: list[Load]) -> Load:
    """The median of each figure."""
    names = [field.name for field in fields(Load)]
    return Load(*(statistics.median(getattr(load, name) for load in loads) for name in names))


@contextmanager
def durable_postgres() -> Iterator[Postgres]:
    """The tests' Postgres, as safe as others run theirs."""
    with tempfile.TemporaryDirectory() as folder, Postgres(Path(folder) / "postgres") as postgres:
        postgres.make_durable()
        yield postgres


def program(postgres: Postgres, folder: Path, name: str, schema: str) -> list[str]:
    """How to start a loader: the settings of meltano.yml, and a schema of its own."""
    [loader] = yaml.safe_load((ROOT / "meltano.yml").read_text())["plugins"]["loaders"]
    config = folder / f"{schema}.json"
    config.write_text(
        json.dumps(
            {**loader["config"], **target_settings(postgres.env), "default_target_schema": schema}
        )
    )
    return [str(PROGRAMS / name), "--config", str(config)]


def load(postgres: Postgres, source: list[str], loader: list[str], schema: str) -> Load:
    """Load what a command writes.

    Raises:
        RuntimeError: The loader failed; its log is in the message.
    """
    with psycopg.connect(postgres.dsn, autocommit=True) as connection:
        connection.execute("checkpoint")
        (before,) = _row(connection, "select pg_current_wal_insert_lsn()")
        (dead_before,) = _row(connection, WRITTEN, schema)
        began = time.monotonic()
        usage = _run(source, loader)
        seconds = time.monotonic() - began
        query = "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), %s)::float / 1e6"
        (wal,) = _row(connection, query, before)
        time.sleep(1.5)  # Postgres counts rows when a session has been idle for a second
        (dead,) = _row(connection, f"select ({WRITTEN}) - %s", schema, dead_before)
    cpu = usage.ru_utime + usage.ru_stime
    return Load(seconds, cpu, usage.ru_maxrss / 1024, float(str(wal)), float(str(dead)))


def _run(source: list[str], loader: list[str]) -> struct_rusage:
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as tap,
    ):
        process = subprocess.Popen(loader, stdin=tap.stdout, stdout=subprocess.DEVNULL, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            log.seek(0)
            raise RuntimeError(log.read().decode()[-2000:])
    return usage


def drop(postgres: Postgres, schema: str) -> None:
    """Forget a schema."""
    with psycopg.connect(postgres.dsn, autocommit=True) as connection:
        connection.execute(
            sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema))
        )


def _row(
    connection: psycopg.Connection[tuple[object, ...]], query: str, *values: object
) -> tuple[object, ...]:
    [row] = connection.execute(query.encode(), values).fetchall()
    return row
