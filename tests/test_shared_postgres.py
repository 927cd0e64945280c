"""A database that others use too: their readers, their views, their clients' names."""

import csv
import io
import threading
import time
from contextlib import contextmanager

import psycopg
import pytest
import yaml
from psycopg import sql

from tests.builds import TRANSFORM, Build, copy_of_database, copy_of_project

NAMES = [
    "O'Neill's",
    "007",
    "2024",
    "${x}",
    "100 %s %(x)s",
    "back\\slash\\'",
    'say "hi"',
    "-- two\nlines; /*",
    "$$ {{ 1 }} {% x %}",
    "true",
    "Ærø " + "long" * 20,
]
SEED = "team_clients"


@pytest.fixture
def copy(loaded, server):
    """A copy of the loaded database, which may be changed."""
    database = copy_of_database(server, loaded.project.database, "shared")
    server.execute("drop role if exists a_colleague")
    return database


@pytest.fixture
def build(copy, tmp_path):
    return Build(copy.env, tmp_path)


@contextmanager
def _forgotten(database, *queries):
    """A transaction that has read something and never ends."""
    with psycopg.connect(database.dsn) as connection:
        for query in queries:
            connection.execute(query)
        yield
        connection.rollback()


def _quick(database, query):
    """The answer to a reader that does not wait."""
    with psycopg.connect(database.dsn, options="-c lock_timeout=5s") as connection:
        return connection.execute(query).fetchall()


def test_a_reader_that_never_ends_holds_up_neither_a_build_nor_other_readers(copy, build):
    queries = [
        "select count(*) from analytics.clients",
        "select count(*) from team_north.clients",
        "select count(*) from analytics.data_freshness",
        "select count(*) from analytics_staging.team_clients",
        "select count(*) from analytics.rolling_client_metrics",
    ]
    selected = ("--select", "team_clients", "clients", "pipeline_runs", "data_freshness",
                "rolling_client_metrics")  # fmt: skip
    with _forgotten(copy, *queries):
        began = time.monotonic()
        build.succeed("build", *selected, "--exclude-resource-type", "unit_test", "test")
        build.succeed("build", *selected, "--full-refresh", "--exclude-resource-type", "test")
        assert time.monotonic() - began < 300
        for query in queries:
            assert _quick(copy, query)


def test_readers_never_see_an_empty_or_a_half_table(copy, build):
    query = """
        select
            (select count(*) from analytics.clients),
            (select count(*) from analytics.rolling_client_metrics),
            (select count(*) from team_north.clients)
    """
    (right,) = _quick(copy, query)
    assert min(right) > 0
    is_over, seen = threading.Event(), set()

    def read():
        while not is_over.is_set():
            seen.update(_quick(copy, query))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        build.succeed("run", "--full-refresh", "--select", "clients", "rolling_client_metrics")
    finally:
        is_over.set()
        reader.join()
    assert seen == {right}


def test_views_rights_and_indexes_of_others_on_the_marts_stay(copy, build):
    copy.execute("""
        create schema reporting;
        create view reporting.mine as select client, currency from analytics.clients;
        create view reporting.on_mine as select * from reporting.mine;
        create view reporting.late as select * from analytics.data_freshness;
        create view reporting.north as select * from team_north.clients;
        create materialized view reporting.rates as select * from analytics_staging.fx_rates;
        create view reporting.windows as select * from analytics.rolling_client_metrics;
        create index mine on analytics.clients (currency);
        create role a_colleague;
        grant select on analytics.clients to a_colleague;
    """)
    copy.execute("update tap_klaviyo.accounts set preferred_currency = 'SEK' where client = 'nord'")

    build.succeed("build", "--full-refresh", "--exclude-resource-type", "unit_test", "test")

    names = copy.rows(
        "select relname from pg_class where relnamespace = 'reporting'::regnamespace order by 1"
    )
    views = ["late", "mine", "north", "on_mine", "rates", "windows"]
    assert [row["relname"] for row in names] == views
    assert copy.value("select currency from reporting.on_mine where client = 'nord'") == "SEK"
    assert copy.value("select has_table_privilege('a_colleague', 'analytics.clients', 'select')")
    assert copy.value("select to_regclass('analytics.mine') is not null")


def test_a_column_that_somebodys_view_needs_stays_and_the_build_names_the_view(copy, build):
    copy.execute("""
        alter table analytics.clients add column old_number integer default 7;
        create schema if not exists needing;
        create view needing.old as select client, old_number from analytics.clients;
        create view needing.other as select client from analytics.clients;
    """)
    rows = copy.rows("select * from analytics.clients order by 1")

    said = build.fail("run", "--select", "clients")

    assert "view needing.old depends on column old_number" in said
    assert copy.rows("select * from analytics.clients order by 1") == rows
    assert copy.value("select count(*) from team_north.clients") == 1, "all of it is as it was"

    copy.execute("drop view needing.old")
    build.succeed("run", "--select", "clients")
    assert "old_number" not in copy.rows("select * from analytics.clients limit 1")[0]
    assert copy.value("select count(*) from team_north.clients") == 1
    assert copy.value("select count(*) from needing.other") == 3


def test_a_reader_in_the_way_of_a_changed_column_is_named_and_new_readers_go_on(copy, build):
    copy.execute("alter table analytics.messages add column old_number integer")
    query = "select count(*) from analytics.messages"
    arguments = ("run", "--select", "messages", "--vars", "{lock_attempts: 3, lock_patience: 1s}")
    with _forgotten(copy, query), build.start(*arguments) as process:
        while process.poll() is None:
            assert _quick(copy, query)
            time.sleep(0.1)
        said = process.stdout.read()
    assert process.returncode != 0
    assert f'"messages" is in use: session ' in said  # noqa: F541
    assert f"of {copy.env['PGUSER']} (idle in transaction), since" in said
    build.succeed("run", "--select", "messages")


def _seed_of(names):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["team", "client"])
    writer.writerows(("odd", name) for name in names)
    return text.getvalue()


def test_a_client_of_any_name_is_in_its_teams_workspace(copy, tmp_path):
    with psycopg.connect(copy.dsn) as connection:
        for number, name in enumerate(NAMES):
            connection.execute(
                "insert into tap_klaviyo.accounts select (jsonb_populate_record(a, "
                "jsonb_build_object('account_id', %s::text, 'client', %s::text))).* "
                "from tap_klaviyo.accounts as a where client = 'nord'",
                [f"odd{number}", name],
            )
    project = copy_of_project(tmp_path, team_clients=_seed_of(NAMES))
    build = Build(copy.env, tmp_path / "target", project)

    build.succeed("build", "--select", SEED, "+clients", "--exclude-resource-type", "test",
                  "unit_test")  # fmt: skip

    rows = copy.rows("select client from team_odd.clients")
    assert sorted(row["client"] for row in rows) == sorted(NAMES)


def test_a_seed_that_an_earlier_version_made_with_numbers_holds_names_after_the_next(
    copy, tmp_path
):
    copy.execute(f"alter table analytics_staging.{SEED} alter client type integer using 7")
    project = copy_of_project(tmp_path, team_clients="team,client\nnorth,007\n")

    Build(copy.env, tmp_path / "target", project).succeed("seed", "--select", SEED)

    assert copy.rows(f"select client from analytics_staging.{SEED}") == [{"client": "007"}]  # noqa: S608


def test_a_client_in_a_seed_that_no_account_has_is_a_warning(copy, tmp_path):
    project = copy_of_project(tmp_path, team_clients="team,client\nnorth,Nord\nnorth,acme\n")
    said = Build(copy.env, tmp_path / "target", project).succeed("build", "--select", SEED)
    assert "WARN 1 every_client_of_a_team_has_an_account" in said


def test_every_seed_says_the_type_of_each_column():
    described = {
        seed["name"]: seed
        for path in [*TRANSFORM.glob("seeds/*.yml"), *TRANSFORM.glob("models/**/*.yml")]
        for seed in yaml.safe_load(path.read_text()).get("seeds", ())
    }
    for path in (TRANSFORM / "seeds").rglob("*.csv"):
        with path.open() as file:
            header = next(csv.reader(file))
        assert set(described[path.stem]["config"]["column_types"]) == set(header), path.stem


def test_a_new_teams_workspace_is_made_by_four_models_at_once(copy, build):
    for row in copy.rows("select nspname from pg_namespace where starts_with(nspname, 'team_')"):
        copy.execute(f'drop schema "{row["nspname"]}" cascade')

    build.succeed("seed", "--select", SEED)
    build.succeed("run", "--select", "config.access:public", "--exclude", "audit")

    tables = "select count(*) from pg_views where schemaname = 'team_north'"
    assert copy.value(tables) > 10


def test_a_workspaces_name_that_postgres_would_cut_is_refused(copy, tmp_path):
    team = "north" * 12
    project = copy_of_project(tmp_path, team_clients=f"team,client\n{team},nord\n")
    build = Build(copy.env, tmp_path / "target", project)
    assert f"team_{team} is longer than 63 bytes" in build.fail("seed", "--select", SEED)
    assert copy.rows(sql.SQL("select from pg_namespace where nspname ~ '^team_northnorth'")) == []
