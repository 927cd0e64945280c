"""A person who is forgotten is in no table, also after days were re-read; numbers stay."""

import hashlib
import json
import subprocess
import sys
from datetime import timedelta

import psycopg
import pytest
from psycopg import sql

from demo.pipeline import ROOT
from forget.profiles import enforce
from sandbox import Sandbox, World
from tests.builds import contents
from tests.conftest import EXTRACT

STREAMS = ("accounts", "metrics", "mapped_metrics", "metric_aggregates", "metric_aggregate_reads",
           "events", "event_reads", "profiles", "sync_log")  # fmt: skip
SELECT = json.dumps([f"{stream}.*" for stream in STREAMS])
MODELS = ("run", "--select", "+int_person_gaps")
BUSIEST = """
    select profile_id from tap_klaviyo.events where profile_id is not null
    group by 1 order by count(*) desc, 1 limit 1
"""
TABLES = """
    select quote_ident(table_schema) || '.' || quote_ident(table_name) as name
    from information_schema.tables
    where table_schema in ('tap_klaviyo', 'analytics', 'analytics_intermediate')
    and table_type = 'BASE TABLE'
"""
COME_BACK = """
    update tap_klaviyo.events set profile_id = %s where profile_id = (
        select known_as from tap_klaviyo.forgotten_profiles order by forgotten_at desc limit 1
    )
"""
NAMING = sql.SQL("select count(*) from {} as t where strpos(t::text, {}) > 0")


@pytest.fixture(scope="module")
def shop():
    until = World.invent(clients=()).until
    first_day = (until - timedelta(days=5)).date()
    with Sandbox(World.invent(clients=("koala",), until=until, first_day=first_day)) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def project(shop, new_project, dbt):
    start = (shop.world.first_day - timedelta(days=1)).isoformat()
    made = new_project("forgotten", shop, TAP_KLAVIYO_START_DATE=start)
    dbt(made.database, "seed")
    made.succeed(*EXTRACT, TAP_KLAVIYO__SELECT=SELECT)
    dbt(made.database, *MODELS)
    return made


def _naming(database, profile):
    """The tables in which the profile's id is anywhere."""
    names = [row["name"] for row in database.rows(TABLES)]
    return {name for name in names if database.value(NAMING.format(sql.SQL(name), profile))}


def _forget(project, *arguments):
    command = [sys.executable, "-m", "forget", f"--env-file={project.pipeline.env_file}"]
    return subprocess.run(
        [*command, *arguments],
        cwd=ROOT,
        env=project.pipeline.environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def test_where_nobody_was_forgotten_a_run_changes_nothing(project):
    with psycopg.connect(project.database.dsn) as session:
        assert enforce(session) == []
    assert project.database.value("select to_regclass('tap_klaviyo.forgotten_profiles')") is None


def test_a_forgotten_person_is_nowhere_also_after_a_re_read_and_every_number_stays(project, dbt):
    database = project.database
    profile = database.value(BUSIEST)
    before = contents(database)["int_person_gaps"]
    assert _naming(database, profile) == {
        "tap_klaviyo.events", "tap_klaviyo.profiles", "analytics_intermediate.int_person_days",
    }  # fmt: skip

    done = _forget(project, "koala", f"--profile={profile}")
    assert done.returncode == 0, done.stderr
    assert profile not in done.stdout
    assert _naming(database, profile) == {"analytics_intermediate.int_person_days"}
    project.succeed(*EXTRACT, TAP_KLAVIYO__SELECT=SELECT)
    dbt(database, *MODELS)
    assert _naming(database, profile) == set()
    assert contents(database)["int_person_gaps"] == before
    known_as = database.value("select known_as from tap_klaviyo.forgotten_profiles")
    kept = database.value(
        "select string_agg(distinct key, ',') from tap_klaviyo.events, "
        "jsonb_object_keys(event_properties) as key where profile_id = %(name)s",
        name=known_as,
    )
    assert kept
    assert "Items" not in kept


def test_a_person_is_found_by_the_digest_of_an_address_and_unknown_ones_change_nothing(project):
    database = project.database
    row = database.rows("select id, email from tap_klaviyo.profiles order by id limit 1")[0]
    digest = hashlib.sha256(row["email"].lower().encode()).hexdigest()
    assert "look the id up in Klaviyo" in _forget(project, "koala", "--email-sha256=0").stderr
    assert "No account of the client nord" in _forget(project, "nord", "--profile=X").stderr
    done = _forget(project, "koala", f"--email-sha256={digest}")
    assert done.returncode == 0, done.stderr
    assert database.value("select count(*) from tap_klaviyo.profiles where id = %(id)s",
                          id=row["id"]) == 0  # fmt: skip


def test_a_raw_table_that_was_recreated_is_watched_before_the_next_run(project):
    database = project.database
    profile = database.value(BUSIEST)
    assert _forget(project, "koala", f"--profile={profile}").returncode == 0
    database.execute("drop trigger forget on tap_klaviyo.events")
    with psycopg.connect(database.dsn) as session:
        session.execute(COME_BACK, [profile])
    assert "tap_klaviyo.events" in _naming(database, profile)
    with psycopg.connect(database.dsn) as session:
        assert enforce(session) == ["events"]
        assert enforce(session) == []
    assert "tap_klaviyo.events" not in _naming(database, profile)
