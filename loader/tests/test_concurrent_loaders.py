"""Loaders that start concurrently on a new database, as shards do, create each table once."""

import subprocess
import time
from contextlib import ExitStack

import psycopg
import pytest

from loader.tests.hostile import record, schema
from loader.tests.loading import OURS, command, lines

LOADERS = 3
WAITING = "select count(*) as n from pg_stat_activity where wait_event_type = 'Lock'"


@pytest.mark.parametrize("kind", ["schema", "table"])
def test_loaders_that_create_the_same_concurrently_all_store_their_rows(database, tmp_path, kind):
    name = f"cold_{kind}"
    start = command(database, tmp_path, name, OURS)
    with psycopg.connect(database.dsn) as other, ExitStack() as stack:
        # What is created and not committed is invisible, and holds up all who create the same.
        other.execute(f"create schema {name}")
        if kind == "table":
            other.commit()
            other.execute(f"create table {name}.shared (id int primary key)")
        log = stack.enter_context((tmp_path / "log").open("wb"))
        loaders = [
            subprocess.Popen(start, stdin=subprocess.PIPE, stdout=log, stderr=log)
            for _ in range(LOADERS)
        ]
        for number, loader in enumerate(loaders):
            stream = schema("shared", {"id": {"type": ["integer"]}}, "id")
            loader.stdin.write(lines([stream, record("shared", {"id": number})]))
            loader.stdin.close()
        deadline = time.monotonic() + 60
        while database.value(WAITING) < LOADERS:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        other.rollback()
    assert [one.wait() for one in loaders] == [0] * LOADERS, (tmp_path / "log").read_text()
    assert database.value(f"select count(*) from {name}.shared") == LOADERS  # noqa: S608
