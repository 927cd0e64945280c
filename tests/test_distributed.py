"""Tables spread by account equal those of one Postgres.

No Citus takes part: `stubbed_citus.sql` stands in for it. docs/scaling.md says what was tried on a
real one.
"""

import json
import re
from pathlib import Path

import psycopg
import pytest

from tests.builds import STUBBED_CITUS, Build, contents, copy_of_database
from tests.later_runs import Loader

DISTRIBUTED = ("--vars", "distributed: true")
BUILD = ("build", "--exclude-resource-type", "unit_test", "test")
MADE = "('analytics', 'analytics_audit', 'analytics_intermediate', 'analytics_staging')"
# The one table that is no part of the reports: it says who is building.
# Random changes of events and aggregates do not fit together.
TESTED = (*BUILD[:3], "--exclude", "settled_days_are_within_tolerance")
OF_THE_BUILD = "build_in_progress"
KINDS = f"""
    select tablename as name, partmethod as kind from pg_tables
    left join pg_dist_partition
    on logicalrelid = format('%%I.%%I', schemaname, tablename)::regclass
    where schemaname in {MADE} and tablename <> '{OF_THE_BUILD}'
"""  # noqa: S608 - constants
KEYS_WITHOUT_ACCOUNT = """
    select indexrelid::regclass::text as name from pg_index
    inner join pg_dist_partition on logicalrelid = indrelid and partmethod = 'h'
    where indisunique and not exists (
        select from pg_attribute where attrelid = indexrelid and attname = 'account_id'
    )
"""
READ_BY_PUBLIC_VIEWS = """
    select distinct read.relnamespace::regnamespace::text as schema
    from pg_class as view inner join pg_rewrite on ev_class = view.oid
    inner join pg_depend on objid = pg_rewrite.oid and refclassid = 'pg_class'::regclass
    inner join pg_class as read on read.oid = refobjid
    where view.relkind = 'v' and view.relnamespace::regnamespace::text
    in ('analytics', 'analytics_audit') and read.relnamespace <> 'pg_catalog'::regnamespace
"""
LEAVE = "update analytics_staging.team_clients set client = null where team = 'overseas'"
# What Citus refuses: rows by their address, `offset` in a lateral subquery, `case x when` in an
# insert that it pushes down, a schema made in a transaction that has changed a table.
REFUSED = re.compile(
    r"\bctid\b|\boffset\b|\bcase\s+(?!when\b)\w+|\bcreate (schema|temporary table)"
)
NO_SQL = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)


@pytest.fixture(scope="module")
def day(loaded, server):
    """A database whose raw tables have a day more than its reports."""
    database = copy_of_database(server, loaded.project.database, "day")
    Loader(database, seed=3).run()
    return database


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("spread")


@pytest.fixture(scope="module")
def spread(day, server, folder):
    """The same, switched to a cluster and built: some tables new, most as a daily run."""
    database = copy_of_database(server, day, "spread")
    database.execute(STUBBED_CITUS)
    database.execute("drop schema analytics, analytics_audit cascade")
    database.execute("drop table analytics_intermediate.int_person_gaps")
    Build(database.env, folder).succeed(*BUILD, *DISTRIBUTED)
    return database


def test_a_day_after_the_switch_to_a_cluster_every_table_is_as_on_one_machine(
    spread, day, tmp_path
):
    Build(day.env, tmp_path).succeed(*BUILD)
    assert contents(spread) == contents(day)


def test_every_table_is_spread_by_its_account_or_declared_to_be_everywhere(spread, folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    everywhere = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "seed" or node["config"]["meta"].get("reference_table")
    }
    kinds = {row["name"]: row["kind"] for row in spread.rows(KINDS)}
    assert kinds == {name: "n" if name in everywhere else "h" for name in kinds}
    assert {"daily_client_metrics", "int_person_days", "int_person_gaps"} < kinds.keys()
    assert spread.rows(KEYS_WITHOUT_ACCOUNT) == []


def test_new_raw_tables_are_spread_at_the_start_of_a_build(spread):
    raw = {
        row["name"]
        for row in spread.rows(
            "select relname as name from pg_dist_partition "
            "inner join pg_class on oid = logicalrelid "
            "where relnamespace = 'tap_klaviyo'::regnamespace and partmethod = 'h'"
        )
    }
    assert {"accounts", "events", "metric_aggregates", "sync_log"} <= raw


@pytest.mark.parametrize("kind", ["compiled", "run"])
@pytest.mark.usefixtures("spread")
def test_no_statement_has_what_citus_refuses(folder, kind):
    files = sorted((folder / kind).rglob("*.sql"))
    assert len(files) > 100
    assert {path.name: found for path in files if (found := _refused(path))} == {}


def _refused(path: Path) -> list[str]:
    sql = NO_SQL.sub("''", path.read_text()).lower()
    return [match.group() for match in REFUSED.finditer(sql)]


def test_a_team_reads_its_own_clients_in_the_tables_themselves(spread, tmp_path):
    spread.execute(LEAVE)
    Build(spread.env, tmp_path).succeed("run-operation", "create_roles", *DISTRIBUTED)
    seen = "select distinct client from {} order by 1"
    for table in ("analytics.clients", "clients", "analytics.rolling_client_metrics"):
        assert _as(spread, "team_north", seen.format(table)) == [("nord",)], table
    everyone = _as(spread, "grafana_reader", seen.format("analytics.clients"))
    assert everyone == [("acme",), ("koala",), ("nord",)]
    for role, table in (("team_north", "portfolio_daily"), ("team_overseas", "clients")):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            _as(spread, role, f"select from analytics.{table}")
    spread.execute("grant select on analytics.clients to team_overseas")
    assert _as(spread, "team_overseas", "select from analytics.clients") == []


def test_public_views_read_public_tables_alone(spread):
    """Citus reads a view with the rights of its reader."""
    assert spread.rows(READ_BY_PUBLIC_VIEWS) == [{"schema": "analytics"}]


def _as(database, role, query):
    with psycopg.connect(database.dsn) as connection:
        connection.execute(f"set role {role}")
        if "." not in query:
            connection.execute(f"set search_path = {role}, analytics")
        return connection.execute(query).fetchall()


@pytest.mark.soak
def test_a_first_build_and_three_days_on_a_cluster_equal_those_on_one_machine(
    loaded, server, tmp_path
):
    plain = copy_of_database(server, loaded.project.database, "plain_days")
    plain.execute(f"drop schema {MADE[1:-1].replace(chr(39), '')} cascade")
    spread = copy_of_database(server, plain, "spread_days")
    spread.execute(STUBBED_CITUS)
    loaders = [Loader(plain, seed=5), Loader(spread, seed=5)]
    for run in range(4):
        if run:
            for loader in loaders:
                loader.run()
        Build(plain.env, tmp_path / "plain").succeed(*TESTED)
        Build(spread.env, tmp_path / "spread").succeed(*TESTED, *DISTRIBUTED)
        assert contents(spread) == contents(plain), f"after run {run}"
