"""Batches into a table that is spread over a cluster. tests/stubbed_citus.sql replaces Citus."""

from dataclasses import replace

import pytest

from loader.tests.hostile import schema
from loader.tests.loading import lines, load, tables
from loader.tests.test_unchanged import CHANGED, FIRST, HEAD, SECOND, VERSIONS
from tests.builds import STUBBED_CITUS

# Remembers each table that was ever spread.
KEYS = ("account_id", "id")
SPREAD = "select count(*) from stubbed_tables"


@pytest.fixture(scope="module")
def cluster(database):
    database.execute('create database "cluster"')
    cluster = replace(database, env={**database.env, "PGDATABASE": "cluster"})
    cluster.execute(STUBBED_CITUS)
    return cluster


def _loaded(database, folder, records):
    done = load(database, folder, "raw", lines([HEAD, *records]), batch_size_rows=30)
    assert done.status == 0, done.log[-3000:]
    return {row["id"]: row["version"] for row in database.rows(VERSIONS.format("raw"))}


def test_rows_that_differ_are_written_through_a_table_next_to_theirs(cluster, database, tmp_path):
    before = _loaded(cluster, tmp_path, FIRST)
    cluster.execute("select create_distributed_table('raw.plain', 'account_id')")
    after = _loaded(cluster, tmp_path, SECOND)

    assert {one for one in after if after[one] != before.get(one)} == CHANGED
    assert cluster.value(SPREAD) > 1
    _loaded(database, tmp_path, FIRST)
    _loaded(database, tmp_path, SECOND)
    assert tables(cluster, "raw") == tables(database, "raw"), "and nothing else is left there"


SIMPLE = [
    schema("plain", {key: {"type": "string"} for key in KEYS} | {"a": {"type": "number"}}, *KEYS),
    *(
        {"type": "RECORD", "stream": "plain", "record": {"account_id": "A", "id": f"{n}", "a": n}}
        for n in range(100)
    ),
]
# As `dbt run-operation partition_events` makes it before the first load.
DIVIDED = """
    create schema divided;
    create table divided.plain (account_id text not null, id text not null)
    partition by hash (account_id);
    create table divided.one partition of divided.plain for values with (modulus 1, remainder 0);
    alter table divided.plain add constraint plain_pkey primary key (account_id, id);
"""


def test_an_empty_table_that_is_divided_by_account_is_filled_like_any_other(database, tmp_path):
    database.execute(DIVIDED)
    for name in ("divided", "undivided"):
        done = load(database, tmp_path, name, lines(SIMPLE), batch_size_rows=30)
        assert done.status == 0, done.log[-3000:]
    whole, divided = (tables(database, name) for name in ("undivided", "divided"))
    assert divided["plain"] == whole["plain"]
