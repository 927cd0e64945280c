"""Raw events are deleted, and every number stays: in daily builds and in a full refresh."""

import hashlib
import subprocess
import sys

import psycopg
import pytest

from check.database import connect
from demo.pipeline import ROOT
from forget.profiles import forget
from retention.events import RefusedError, accounts, delete
from tests.builds import Build, contents, copy_of_database
from tests.later_runs import Loader

BUILD = ("build", "--exclude-resource-type", "unit_test", "test")
FIRST_EVENT = "select min(datetime) from tap_klaviyo.events"
KEPT_FROM = "select kept_from from tap_klaviyo.event_retention"
PEOPLE = """
    select count(*) as days, count(unique_recipients) as counted
    from analytics.rolling_client_metrics
    where window_days = 7 and channel = 'all' and date_day {} %(day)s
"""
OLD_PERSON = """
    select account_id, profile_id from analytics_intermediate.int_person_days
    where profile_id <> '' and date_day < (select min(kept_from) from tap_klaviyo.event_retention)
    order by date_day, profile_id limit 1
"""
NAMED = "select count(*) from analytics_intermediate.int_person_days where profile_id = %(name)s"


def _command(database, months=2):
    env = {**database.env, "TAP_KLAVIYO_ACCOUNTS": "[]"}
    return subprocess.run(
        [sys.executable, "-m", "retention", f"--months={months}", "--env-file=/dev/null"],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip


def _delete(database):
    """Delete what is older than the last month: the loaded events are four months old."""
    with connect(database.env, read_only=False) as session:
        return [
            delete(session, "analytics", one, months=1) for one in accounts(session, "analytics")
        ]


@pytest.fixture
def database(loaded, server):
    return copy_of_database(server, loaded.project.database, "retention")


@pytest.fixture
def build(database, tmp_path):
    return Build(database.env, tmp_path)


def test_events_of_older_months_are_deleted_and_no_number_changes(database, build):
    before, first = contents(database), database.value(FIRST_EVENT)
    assert all(done.events > 0 for done in _delete(database))
    assert database.value(FIRST_EVENT) > first

    build.succeed(*BUILD, "--full-refresh")
    assert contents(database) == before


@pytest.mark.soak
def test_a_daily_build_after_it_equals_a_full_refresh(database, build):
    _delete(database)
    Loader(database, seed=3).run()
    build.succeed(*BUILD)
    incremental = contents(database)
    build.succeed(*BUILD, "--full-refresh")
    assert contents(database) == incremental


@pytest.mark.soak
def test_tables_that_are_new_do_not_know_the_days_before(database, build):
    _delete(database)
    database.execute("drop schema analytics, analytics_staging, analytics_intermediate cascade")
    build.succeed(*BUILD)
    days = [row["kept_from"] for row in database.rows(KEPT_FROM)]
    [before] = database.rows(PEOPLE.format("<"), day=min(days))
    [after] = database.rows(PEOPLE.format(">="), day=max(days))
    assert (before["days"] > 0, before["counted"]) == (True, 0)
    assert after["counted"] > 0


@pytest.mark.soak
def test_without_the_register_a_full_refresh_would_count_none(database, build):
    before = contents(database)["int_person_days"]
    _delete(database)
    database.execute("drop table tap_klaviyo.event_retention")
    build.succeed("run", "--full-refresh", "--select", "+int_person_days")
    assert contents(database)["int_person_days"] != before


def test_events_that_no_build_has_seen_are_not_deleted(database):
    database.execute(
        "update tap_klaviyo.events set _sdc_batched_at = now() at time zone 'UTC' "
        "where datetime = (select min(datetime) from tap_klaviyo.events)"
    )
    with pytest.raises(RefusedError, match="in no number yet"):
        _delete(database)


def test_nothing_is_deleted_during_a_build(database):
    database.execute("insert into analytics_staging.build_in_progress values ('x', 'a build')")
    done = _command(database)
    assert done.returncode == 1
    assert done.stderr.count("A build is in progress") == 3
    assert database.value("select to_regclass('tap_klaviyo.event_retention')") is None


def test_the_command_says_for_each_client_what_was_deleted(database):
    done = _command(database)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == [
        "acme",
        "koala",
        "nord",
    ]
    assert done.stdout.count(": 0 events before") == 3
    [kept_from] = {str(row["kept_from"]) for row in database.rows(KEPT_FROM)}
    assert done.stdout.count(f"days before {kept_from} stay") == 3


def test_a_person_who_is_forgotten_later_is_in_no_day_that_is_kept(database, build):
    _delete(database)
    [person] = database.rows(OLD_PERSON)
    with psycopg.connect(database.dsn) as session:
        forget(session, person["account_id"], [person["profile_id"]])
    before = contents(database)["int_person_gaps"]
    build.succeed("run", "--select", "+int_person_gaps")
    assert database.value(NAMED, name=person["profile_id"]) == 0
    assert contents(database)["int_person_gaps"] == before
    digest = hashlib.sha256(person["profile_id"].encode()).hexdigest()
    known = database.value(
        "select known_as from tap_klaviyo.forgotten_profiles where profile_digest = %(digest)s",
        digest=digest,
    )
    assert database.value(NAMED, name=known) > 0


def test_less_than_two_months_are_refused(database):
    done = _command(database, months=1)
    assert done.returncode == 2
    assert "at least 2 months" in done.stderr
