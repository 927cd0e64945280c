"""What the quick way makes of plain records, and what it leaves as it is."""

import json
import time
from dataclasses import replace

import pytest

from loader.tests import hostile
from loader.tests.hostile import plain, schema
from loader.tests.loading import OURS, STANDARD, lines, load, tables

LONG = "123456789012345678901234567890.123456789"
HEAD = schema("plain", hostile.PLAIN, "account_id", "id")
WRITES = """
    select n_tup_ins as inserted, n_tup_upd as updated from pg_stat_user_tables
    where schemaname = %(schema)s and relname = 'plain'
"""


# The first row waits two seconds for another of its key to get in before it.
SLOW = """
    create schema slow;
    create table slow.s (id text primary key, text text);
    create function slow.wait() returns trigger language plpgsql as
        $$ begin
            for n in 1..20 loop
                exit when exists (select from slow.s where id = 'a');
                perform pg_sleep(0.1);
            end loop;
            return new;
        end $$;
    create trigger slow before insert on slow.s
        for each row when (new.text = '1') execute function slow.wait();
"""

# Which statement wrote each row, in order.
NOTING = """
    create schema noted;
    create table noted.s (id text primary key, text text);
    create table noted.writes (number serial, id text, statement text);
    create function noted.note() returns trigger language plpgsql as
        $$ begin
            insert into noted.writes (id, statement)
                values (new.id, split_part(current_query(), ' ', 1));
            return null;
        end $$;
    create trigger note after insert or update on noted.s
        for each row execute function noted.note();
"""


def writes(database, schema):
    """Rows that Postgres says were written, once it has counted them."""
    deadline = time.monotonic() + 20
    while not (rows := database.rows(WRITES, schema=schema)) or not rows[0]["inserted"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return rows[0]


@pytest.fixture(scope="module")
def first(database, tmp_path_factory):
    """A first load of a thousand plain records, and of two that have more than their columns."""
    records = [plain(f"{number:04}") for number in range(1000)]
    records += [plain("long", LONG, number=hostile.RAW)]
    records += [schema("other", {"id": {"type": ["integer"]}}, "id")]
    records += [hostile.record("other", {"id": 0})]
    records += [hostile.record("other", {"id": number, "unknown": 1}) for number in range(2)]
    folder = tmp_path_factory.mktemp("first")
    return load(database, folder, "first", lines([HEAD, *records]), batch_size_rows=500)


def test_a_first_load_writes_every_row_once(first, database):
    assert first.status == 0, first.log[-3000:]
    assert writes(database, "first") == {"inserted": 1001, "updated": 0}


def test_a_first_load_copies_into_its_table_until_a_key_returns(database, tmp_path):
    database.execute(NOTING)
    head = schema("s", {"id": {"type": ["string"]}, "text": hostile.TEXT}, "id")
    found = []
    for number, ids in enumerate(["abcadefg", "hi"]):
        records = [hostile.record("s", {"id": name, "text": f"{n}"}) for n, name in enumerate(ids)]
        messages = lines([head, *records])
        done = load(
            database, tmp_path, "noted", messages, batch_size_rows=2, add_record_metadata=False
        )
        assert done.status == 0, done.log[-3000:]
        noted = database.rows("select id, statement from noted.writes order by number")
        found.append([f"{row['statement']} {row['id']}" for row in noted[sum(map(len, found)) :]])
        assert number or database.value("select text from noted.s where id = 'a'") == "3"
    copied = ["copy a", "copy b"]
    merged = [f"insert {name}" for name in "cadefg"]
    assert found == [copied + merged, ["insert h", "insert i"]]


@pytest.mark.usefixtures("first")
def test_a_number_keeps_all_of_its_digits(database):
    number = database.value("select number::text from first.plain where id = 'long'")
    assert number == LONG


def test_the_log_counts_records_and_warns_once_of_a_field_without_a_column(first):
    assert first.log.count("No schema for record field 'unknown'") == 1
    assert "1004 records" in first.log
    points = [line.partition("METRIC: ")[2] for line in first.log.splitlines() if "METRIC" in line]
    counted = [point["value"] for point in map(json.loads, points) if point["type"] == "counter"]
    assert sum(counted) == 1004
    assert sum("batch_processing_time" in point for point in points) == 5


def test_switched_off_everything_goes_the_standard_way(database, tmp_path):
    done = load(database, tmp_path, "off", lines([HEAD, plain("a"), plain("b")]), quick=False)
    assert done.status == 0, done.log[-3000:]
    # The standard target inserts a row and updates it.
    assert writes(database, "off") == {"inserted": 2, "updated": 2}


@pytest.mark.parametrize(
    ("hard", "left"), [(False, {"old": True, "new": False}), (True, {"new": False})]
)
def test_a_version_is_activated_after_the_records_before_it(hard, left, database, tmp_path):
    versions = [
        json.dumps({**json.loads(plain(name)), "version": version})
        for name, version in (("old", 1), ("new", 2))
    ]
    end = {"type": "ACTIVATE_VERSION", "stream": "plain", "version": 2}
    messages = lines([HEAD, *versions, end])
    name = f"versions_{hard}"
    done = load(database, tmp_path, name, messages, activate_version=True, hard_delete=hard)

    assert done.status == 0, done.log[-3000:]
    rows = database.rows(f'select id, _sdc_deleted_at is not null as gone from "{name}".plain')  # noqa: S608
    assert {row["id"]: row["gone"] for row in rows} == left


def test_records_of_a_former_schema_are_stored_before_those_of_its_follower(database, tmp_path):
    wider = schema("plain", {**hostile.PLAIN, "fresh": hostile.TEXT}, "account_id", "id")
    former = [plain("a", text="former"), plain("b", text="former"), plain("c", text="former")]
    later = [plain("c", text="later"), plain("d"), plain("e")]
    messages = lines([HEAD, *former, wider, *later])
    done = load(database, tmp_path, "former", messages, batch_size_rows=2)

    assert done.status == 0, done.log[-3000:]
    assert database.value("select text from former.plain where id = 'c'") == "later"


def test_a_record_that_goes_the_standard_way_comes_after_those_before_it(database, tmp_path):
    database.execute(SLOW)
    head = schema("s", {"id": {"type": ["string"]}, "text": hostile.TEXT}, "id")
    texts = [("a", "1"), ("b", ""), ("a", 2), ("c", "")]  # 2 is no text: not plain
    records = [hostile.record("s", {"id": name, "text": text}) for name, text in texts]
    done = load(database, tmp_path, "slow", lines([head, *records]), batch_size_rows=2)

    assert done.status == 0, done.log[-3000:]
    assert database.value("select text from slow.s where id = 'a'") == "2"


def test_text_survives_a_database_of_another_encoding(database, tmp_path):
    database.execute("create database latin encoding 'LATIN1' locale 'C' template template0")
    latin = replace(database, env={**database.env, "PGDATABASE": "latin"})
    head = schema("s", {"id": {"type": ["string"]}, "text": hostile.TEXT}, "id")
    messages = lines([head, hostile.record("s", {"id": "ø", "text": "é\t"})])
    done = load(latin, tmp_path, "latin", messages)

    assert done.status == 0, done.log[-3000:]
    assert latin.rows("select id, text from latin.s") == [{"id": "ø", "text": "é\t"}]


def test_what_is_mapped_or_has_another_table_goes_the_standard_way(database, tmp_path):
    streams = ("mapped", "without_key", "other_types")
    properties = {"id": {"type": ["string"]}, "at": hostile.MOMENT, "text": hostile.TEXT}
    at = "2026-01-02T03:04:05Z"
    messages = []
    for stream in streams:
        messages += [schema(stream, properties, "id")]
        messages += [
            hostile.record(stream, {"id": str(n % 3), "at": at, "text": f"{n}"}) for n in range(5)
        ]
    for name, program in (("maps", OURS), ("standard_maps", STANDARD)):
        database.execute(f"create schema {name}")
        for table, kind in (("without_key", "timestamp"), ("other_types", "text")):
            key = "" if table == "without_key" else "primary key"
            database.execute(f"create table {name}.{table} (id text {key}, at {kind})")
        maps = {"mapped": {"text": "text + text"}}
        done = load(database, tmp_path, name, lines(messages), program, stream_maps=maps)
        assert done.status == 0, done.log[-3000:]
    assert tables(database, "maps") == tables(database, "standard_maps")
    assert tables(database, "maps").keys() == set(streams)


@pytest.mark.parametrize(
    ("bad", "settings"),
    [
        (plain("bad", text="nul \0"), {}),
        (plain("bad", at="2026-02-30T00:00:00Z"), {}),
        (plain("bad", small=101), {"validate_records": True}),
        (hostile.record("plain", {"id": "bad", "account_id": None}), {}),
    ],
    ids=["nul", "no date", "not valid", "null key"],
)
def test_what_the_standard_target_refuses_ends_the_run_and_no_state_is_told(
    bad, settings, database, tmp_path
):
    messages = lines([HEAD, plain("good"), bad, {"type": "STATE", "value": {"a": 1}}])
    database.execute("drop schema if exists refused cascade")
    done = load(database, tmp_path, "refused", messages, **settings)

    assert done.status == 1
    assert not done.states
    assert database.value("select count(*) from refused.plain where id = 'bad'") == 0
