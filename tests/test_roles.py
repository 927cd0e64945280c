"""Who may read and write what, tried with real logins."""

from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.builds import STUBBED_CITUS, Build, copy_of_database

PASSWORD = "only-for-this-test"
SOAK = pytest.mark.soak


@pytest.fixture(scope="module", params=["one_machine", pytest.param("cluster", marks=SOAK)])
def place(request):
    """Where the tables are: in one Postgres, or spread over a cluster, which is stubbed."""
    return request.param


@pytest.fixture(scope="module")
def dbt_there(dbt, place):
    """Runs dbt for the place."""
    if place == "one_machine":
        return dbt
    return lambda database, *arguments: dbt(database, *arguments, "--vars", "distributed: true")


@pytest.fixture(scope="module")
def copy(loaded, server, place, dbt_there):
    """A copy of the loaded database with roles, made twice: the second time changes nothing."""
    copy = copy_of_database(server, loaded.project.database, f"roles_{place}")
    if place == "cluster":
        copy.execute(STUBBED_CITUS)
        dbt_there(copy, "run")
    dbt_there(copy, "run-operation", "create_roles")
    dbt_there(copy, "run-operation", "create_roles")
    return copy


@pytest.fixture(scope="module")
def login(copy):
    """The same database as another role."""

    def as_role(role: str) -> Any:
        identifier = sql.Identifier(role)
        secret = sql.SQL("alter role {} password {}").format(identifier, sql.Literal(PASSWORD))
        with psycopg.connect(copy.dsn, autocommit=True) as connection:
            connection.execute(secret)
        return replace(copy, env={**copy.env, "PGUSER": role, "PGPASSWORD": PASSWORD})

    return as_role


READ = sql.SQL("select * from {} limit 1")


def _read(name: str) -> sql.Composable:
    return READ.format(sql.Identifier(*name.split(".")))


def _may(database: Any, statement: str | sql.Composable) -> bool:
    try:
        with psycopg.connect(database.dsn) as connection:
            connection.execute(statement)
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction):
        return False
    return True


def test_a_dashboard_may_read_the_marts_and_nothing_else(login):
    reader = login("grafana_reader")

    assert _may(reader, _read("analytics.daily_client_metrics"))
    assert _may(reader, _read("analytics_audit.unmapped_metrics"))
    assert _may(reader, _read("daily_client_metrics")), "by its bare name too"
    for table in (
        "tap_klaviyo.events",
        "analytics_staging.stg_klaviyo__events",
        "analytics_intermediate.int_person_days",
        "team_north.daily_client_metrics",
    ):
        assert not _may(reader, _read(table)), table


def test_a_dashboard_may_change_nothing_even_if_it_unlocks_its_session(login):
    reader = login("grafana_reader")

    for statement in (
        "delete from analytics.clients",
        "create table analytics.mine (a int)",
        "create table public.mine (a int)",
        "create temporary table mine (a int)",
    ):
        assert not _may(reader, statement), statement
    unlocked = "set default_transaction_read_only = off; commit; delete from analytics.clients"
    assert not _may(reader, unlocked)


def test_a_dashboards_query_is_broken_off_in_time(login):
    assert login("grafana_reader").value("show statement_timeout") == "30s"


def test_a_team_sees_its_own_clients_in_every_table_and_nothing_else(login, copy, place):
    team = login("team_north")
    tables = {
        row["viewname"]
        for row in copy.rows("select viewname from pg_views where schemaname = 'team_north'")
    }

    assert "daily_client_metrics" in tables
    assert "portfolio_daily" not in tables
    for table in sorted(tables):
        query = sql.SQL("select distinct client from {}").format(sql.Identifier(table))
        assert {row["client"] for row in team.rows(query)} <= {"nord"}, table
    assert _may(team, _read("analytics.daily_client_metrics")) == (place == "cluster")
    if place == "cluster":
        others = "select from analytics.daily_client_metrics where client <> 'nord'"
        assert team.rows(others) == []
    assert not _may(team, _read("team_overseas.daily_client_metrics"))


def test_a_team_cannot_look_past_its_filter_with_a_function_that_tells(login, copy):
    options = copy.value(
        "select reloptions from pg_class where oid = 'team_north.daily_client_metrics'::regclass"
    )
    assert options == ["security_barrier=true"]
    assert login("team_north").rows("select distinct client from clients") == [{"client": "nord"}]


def test_a_second_set_of_tables_leaves_the_workspaces_alone(copy, dbt_there):
    views = "select schemaname, definition from pg_views where schemaname ~ '^team' order by 1, 2"
    published = copy.rows(views)

    beside = replace(copy, env={**copy.env, "DBT_SCHEMA": "analytics_dev"})
    dbt_there(
        beside, "build", "--select", "+clients", "--exclude-resource-type", "test", "unit_test"
    )

    assert copy.value("select count(*) from analytics_dev.clients") == 3
    assert copy.rows(views) == published != []


def test_the_loader_writes_raw_tables_and_sees_no_marts(login):
    loader = login("loader")

    assert _may(loader, "create table tap_klaviyo.new_stream (id text)")
    assert _may(loader, "delete from tap_klaviyo.events where false")
    assert not _may(loader, _read("analytics.clients"))


def test_the_transformer_builds_everything_and_readers_still_read_it(login, dbt_there):
    transformer = login("transformer")

    assert not _may(transformer, "delete from tap_klaviyo.events")
    dbt_there(transformer, "build", "--exclude-resource-type", "unit_test")
    assert _may(login("grafana_reader"), _read("analytics.client_health"))
    assert _may(login("team_north"), _read("client_health"))


def test_readers_still_read_what_is_built_by_the_one_login_that_made_the_roles(
    copy, login, dbt_there
):
    dbt_there(copy, "run-operation", "create_roles")
    copy.execute("drop table analytics.clients cascade")

    dbt_there(copy, "run", "--select", "clients")

    owner = copy.value(
        "select tableowner from pg_tables where schemaname = 'analytics' and tablename = 'clients'"
    )
    assert owner == copy.env["PGUSER"]
    assert _may(login("grafana_reader"), _read("analytics.clients"))
    assert _may(login("team_north"), _read("clients"))


def test_a_team_that_is_in_the_seed_no_more_sees_nothing_any_more(copy, dbt_there):
    copy.execute("delete from analytics_staging.team_clients where team = 'overseas'")

    dbt_there(copy, "run", "--select", "clients", "rolling_client_metrics")

    for table in ("clients", "rolling_client_metrics"):
        views = copy.rows("select schemaname from pg_views where viewname = %(table)s", table=table)
        assert [row["schemaname"] for row in views] == ["team_north"], table


def test_roles_can_be_made_without_a_superuser(server, dbt):
    server.execute(f"create role boss login createrole password '{PASSWORD}'")
    server.execute('create database "plain" owner boss')
    plain = replace(
        server,
        env={**server.env, "PGDATABASE": "plain", "PGUSER": "boss", "PGPASSWORD": PASSWORD},
    )
    arguments = ("run-operation", "create_roles", "--vars", "role_prefix: other_")

    dbt(plain, *arguments)
    dbt(plain, *arguments)

    names = [row["rolname"] for row in plain.rows("select rolname from pg_roles order by 1")]
    assert {"other_loader", "other_transformer", "other_grafana_reader"} <= set(names)


def test_on_a_hardened_database_loader_and_transformer_may_make_temporary_tables(
    copy, login, server, dbt_there
):
    server.execute(f'revoke all on database "{copy.env["PGDATABASE"]}" from public')

    dbt_there(copy, "run-operation", "create_roles")

    for role in ("loader", "transformer"):
        assert _may(login(role), "create temporary table mine (a int)"), role
    assert not _may(login("grafana_reader"), "create temporary table mine (a int)")
    assert _may(login("grafana_reader"), _read("clients"))


def test_a_role_without_createrole_is_named_with_the_sql_for_its_administrator(server, tmp_path):
    server.execute(f"create role plain_owner login password '{PASSWORD}'")
    server.execute('create database "owned" owner plain_owner')
    owned = replace(
        server,
        env={**server.env, "PGDATABASE": "owned", "PGUSER": "plain_owner", "PGPASSWORD": PASSWORD},
    )
    build = Build(owned.env, tmp_path)
    arguments = ("run-operation", "create_roles", "--vars", "role_prefix: third_")

    said = build.fail(*arguments)

    assert "The role plain_owner has not CREATEROLE" in said
    assert 'create role "third_loader" login;' in said
    statements = said.partition("create_roles again:")[2].partition("\n  \n  >")[0]
    administrator = replace(server, env={**server.env, "PGDATABASE": "owned"})
    administrator.execute(statements)
    build.succeed(*arguments)
    assert owned.value("select has_schema_privilege('third_grafana_reader', 'analytics', 'usage')")
    assert not owned.value("select has_schema_privilege('third_loader', 'analytics', 'usage')")


def test_roles_are_not_made_while_a_build_goes_on(copy, tmp_path):
    with psycopg.connect(copy.dsn) as connection:
        connection.execute(
            "select pg_advisory_xact_lock_shared(hashtext('klaviyo_reporting build'), "
            "hashtext('analytics'))"
        )
        said = Build(copy.env, tmp_path).fail("run-operation", "create_roles")
    assert "a build of analytics is going on" in said
