"""The whole pipeline on Debian's Postgres, as an owner without rights of his own and hardened."""

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from demo.pipeline import ROOT, Pipeline
from sandbox import Sandbox, World
from tests.builds import Build
from tests.conftest import Database, Project
from tests.older_postgres import PASSWORD, PEER, older_postgres
from tests.test_state_in_postgres import documented_uri

DAILY = ("run", "tap-klaviyo", "target-postgres", "dbt:build")
DAYS = timedelta(days=6)
ORDERS = "select client, sum(orders) as orders from daily_client_metrics group by 1 order by 1"


@pytest.fixture(scope="module")
def older():
    with older_postgres() as env:
        yield Database(env)


@pytest.fixture(scope="module")
def shops():
    until = World.invent(clients=()).until
    world = World.invent(clients=("acme", "koala"), until=until, first_day=(until - DAYS).date())
    with Sandbox(world, rate_factor=100) as sandbox:
        yield sandbox


@pytest.fixture
def new_database(older):
    """Makes a login and a database of its own; nothing in it is granted to PUBLIC."""

    def make(name, rights=""):
        older.execute(f"create role {name} login {rights} password '{PASSWORD}'")
        older.execute(f"create database {name} owner {name}")
        older.execute(f"revoke all on database {name} from public")
        database = replace(older, env={**older.env, "PGDATABASE": name})
        database.execute("revoke all on schema public from public")
        return _as(database, name)

    return make


def _as(database, role):
    return replace(database, env={**database.env, "PGUSER": role, "PGPASSWORD": PASSWORD})


def _through_socket(database, server):
    """The login of a user of this machine: no host, no password."""
    folder = server.value("show unix_socket_directories")
    env = {name: value for name, value in database.env.items() if name != "PGPASSWORD"}
    return replace(database, env={**env, "PGHOST": folder})


def _project(folder, shops, database, **settings):
    start = (shops.world.first_day - timedelta(days=1)).isoformat()
    settings = {
        "TAP_KLAVIYO_API_URL": shops.api_url,
        "TAP_KLAVIYO_START_DATE": start,
        **database.env,
        **settings,
    }
    folder.mkdir(exist_ok=True)
    project = Project(Pipeline(folder, settings), database, settings)
    project.know(*shops.accounts)
    return project


def _checked(project):
    command = [sys.executable, "-m", "check", "--quick", f"--env-file={project.pipeline.env_file}"]
    env = project.pipeline.environment()
    return subprocess.run(
        command, cwd=ROOT, env=env, check=True, capture_output=True, text=True, timeout=90
    ).stdout


def _is_whole(database, shops):
    events = sum(len(account.by_id) for account in shops.world.accounts.values())
    assert database.value("select count(*) from tap_klaviyo.events") == events
    counted = "select sum(event_count) from analytics_intermediate.int_person_days"
    assert database.value(counted) == events
    orders = database.rows(ORDERS.replace("from ", "from analytics."))
    assert [row["client"] for row in orders] == ["acme", "koala"]
    assert all(row["orders"] > 0 for row in orders)
    return orders


def test_a_plain_owner_loads_builds_and_builds_again_through_a_socket_without_a_password(
    older, new_database, shops, tmp_path
):
    owner = _through_socket(new_database(PEER), older)
    project = _project(tmp_path, shops, owner)

    project.succeed(*DAILY)
    first = _is_whole(owner, shops)
    project.succeed(*DAILY)

    assert _is_whole(owner, shops) == first


def test_a_password_file_serves_check_loader_dbt_and_the_state(new_database, shops, tmp_path):
    owner = new_database("filed")
    file = tmp_path / "passwords"
    file.write_text("*:*:filed:filed:" + PASSWORD)
    file.chmod(0o600)
    env = {name: value for name, value in owner.env.items() if name != "PGPASSWORD"}
    owner.execute("create schema meltano")
    settings = {"PGPASSFILE": str(file), "MELTANO_DATABASE_URI": documented_uri()}
    project = _project(tmp_path / "run", shops, replace(owner, env=env), **settings)

    said = _checked(project)
    project.succeed("run", "tap-klaviyo", "target-postgres")
    project.succeed("invoke", "dbt:debug")

    assert "Postgres answers, 2 of 2 keys work" in said
    assert owner.value("select count(*) from meltano.state") == 1
    assert owner.value("select count(*) from tap_klaviyo.accounts") == 2


def test_loader_transformer_and_readers_are_enough_on_a_hardened_database(
    new_database, shops, tmp_path
):
    boss = new_database("boss", "createrole")
    build = Build(boss.env, tmp_path / "dbt")
    build.succeed("run-operation", "create_roles")
    boss.execute(f"alter role loader password '{PASSWORD}'")
    boss.execute(f"alter role transformer password '{PASSWORD}'")
    boss.execute(f"alter role grafana_reader password '{PASSWORD}'")
    project = _project(
        tmp_path, shops, boss, PGUSER="transformer", PGPASSWORD=PASSWORD,
        TARGET_POSTGRES_USER="loader", TARGET_POSTGRES_PASSWORD=PASSWORD,
    )  # fmt: skip

    project.succeed("run", "tap-klaviyo", "target-postgres")
    build.succeed("run-operation", "create_roles")
    project.succeed("invoke", "dbt:build")
    project.succeed(*DAILY)

    _is_whole(_as(boss, "transformer"), shops)
    reader = _as(boss, "grafana_reader")
    assert [row["client"] for row in reader.rows(ORDERS)] == ["acme", "koala"]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.rows("select from tap_klaviyo.events")
    assert not boss.value("select has_database_privilege('grafana_reader', 'boss', 'temporary')")
