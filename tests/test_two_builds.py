"""Only one build of a set of tables at a time, and no double can be stored."""

import json
import signal
import time

import psycopg
import pytest
from psycopg import sql

from tests.builds import Build, contents, copy_of_database
from tests.later_runs import Loader

BUILD = ("build", "--exclude-resource-type", "unit_test", "test")
PATIENT = ("--vars", "lock_timeout: 300s")
IN_PROGRESS = "select described from analytics_staging.build_in_progress"
AT_WORK = "select count(*) from pg_locks where locktype = 'advisory' and mode = 'ShareLock'"


@pytest.fixture(scope="module")
def behind(loaded, server):
    """A loaded database whose raw tables have something new, that no build has seen."""
    database = copy_of_database(server, loaded.project.database, "behind")
    for seed in (1, 4):
        Loader(database, seed=seed).run()
    return database


@pytest.fixture(scope="module")
def wanted(behind, server, tmp_path_factory):
    """What one build makes of it."""
    single = copy_of_database(server, behind, "single")
    Build(single.env, tmp_path_factory.mktemp("single")).succeed(*BUILD)
    return contents(single)


@pytest.fixture
def copy(server, behind):
    return copy_of_database(server, behind, "twice")


def _wait_for(database, query, process):
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if database.value(query):
                return
        except (psycopg.errors.UndefinedTable, ValueError):
            pass
        time.sleep(0.05)
    raise AssertionError(query)


def _build_twice(copy, folder, offset):
    """Two builds that begin `offset` seconds apart: the outputs of the winner and the loser.

    On a busy machine the first would be over before the other has read the project, so a lock
    keeps a build from its last table until one of the two has ended.
    """
    builds = [Build(copy.env, folder / name) for name in "ab"]
    for build in builds:
        build.folder.mkdir(exist_ok=True)
    with psycopg.connect(copy.dsn) as in_the_way, builds[0].start(*BUILD, *PATIENT) as first:
        in_the_way.execute("lock table analytics.metric_anomalies in share mode")
        time.sleep(offset)
        with builds[1].start(*BUILD, *PATIENT) as second:
            _wait_for_an_end(first, second)
            in_the_way.rollback()
            outputs = [build.communicate(timeout=300)[0] for build in (first, second)]
    ends = sorted(zip([first.returncode, second.returncode], outputs, strict=True))
    assert [ends[0][0], ends[1][0] > 0] == [0, True], ends[0][1] + ends[1][1]
    return ends[0][1], ends[1][1]


def _wait_for_an_end(*processes):
    deadline = time.monotonic() + 240
    while all(process.poll() is None for process in processes):
        assert time.monotonic() < deadline, "neither has stopped"
        time.sleep(0.05)


def _check(copy, wanted, folder, offset):
    _, loser = _build_twice(copy, folder, offset)
    assert "analytics is being built already" in loser
    assert f"dbt build of {copy.env['PGUSER']}, going on since 20" in loser
    assert "SKIP" not in loser, "it ends in a few lines"
    assert contents(copy) == wanted


def test_of_two_builds_at_once_one_builds_and_the_other_says_who_is_building_since_when(
    copy, wanted, tmp_path
):
    _check(copy, wanted, tmp_path, offset=0.4)


@pytest.mark.soak
@pytest.mark.parametrize("offset", range(6))
@pytest.mark.parametrize("time_", range(10))
def test_of_two_builds_at_any_offset_the_tables_are_those_of_a_single_one(
    copy, wanted, tmp_path, offset, time_
):
    _check(copy, wanted, tmp_path, offset=offset + time_ / 50)


def test_after_a_killed_build_the_next_one_goes_on(copy, wanted, tmp_path):
    build = Build(copy.env, tmp_path)
    with build.start(*BUILD) as victim:
        _wait_for(copy, AT_WORK, victim)
        victim.send_signal(signal.SIGKILL)
    assert copy.value(IN_PROGRESS), "it could not say that it ended"

    output = build.succeed(*BUILD, "--vars", "build_patience: 2")

    assert "waiting for a sign that it still lives" in output
    assert contents(copy) == wanted
    assert copy.rows(IN_PROGRESS) == []


def test_a_build_in_whose_place_another_has_signed_stops_before_its_next_model(copy, tmp_path):
    with Build(copy.env, tmp_path).start(*BUILD) as build:
        _wait_for(copy, AT_WORK, build)
        copy.execute(
            "update analytics_staging.build_in_progress set invocation_id = '', described = 'me'"
        )
        output, _ = build.communicate(timeout=300)
    assert build.returncode != 0
    assert "this build gave no sign of life for too long: found me" in output


def test_another_set_of_tables_is_built_and_tests_run_beside_a_build(copy, tmp_path):
    beside = Build({**copy.env, "DBT_SCHEMA": "analytics_dev"}, tmp_path / "beside")
    with (
        psycopg.connect(copy.dsn) as in_the_way,
        Build(copy.env, tmp_path / "a").start(*BUILD, *PATIENT) as build,
    ):
        in_the_way.execute("lock table analytics.clients in share mode")
        _wait_for(copy, AT_WORK, build)
        Build(copy.env, tmp_path / "b").succeed("test", "--select", "fx_rates")
        beside.succeed(*BUILD, "--select", "+stg_klaviyo__accounts")
        assert "being built already" in Build(copy.env, tmp_path / "c").fail("seed")
        in_the_way.rollback()
        output, _ = build.communicate(timeout=300)
    assert build.returncode == 0, output[-4000:]


def _incremental_models(build):
    listed = build.succeed(
        "--quiet", "ls", "--resource-type", "model", "--select", "config.materialized:incremental",
        "--output", "json", "--output-keys", "schema", "name",
    )  # fmt: skip
    return [json.loads(line) for line in listed.splitlines() if line.startswith("{")]


def test_no_incremental_table_can_hold_a_row_twice(loaded, tmp_path):
    database = loaded.project.database
    models = _incremental_models(Build(database.env, tmp_path))
    assert len(models) >= 16
    double = sql.SQL("insert into {0} select * from {0} limit 1")
    for model in models:
        table = sql.Identifier(model["schema"], model["name"])
        assert database.value(sql.SQL("select count(*) from {}").format(table)) > 0
        with pytest.raises(psycopg.errors.UniqueViolation), psycopg.connect(database.dsn) as it:
            it.execute(double.format(table))


def test_doubles_of_an_earlier_version_end_with_what_to_do_and_a_full_refresh_heals_them(
    copy, wanted, tmp_path
):
    build = Build(copy.env, tmp_path)
    table = "analytics_intermediate.int_person_gaps"
    for row in copy.rows(
        f"select indexrelid::regclass as name from pg_index "  # noqa: S608 - a constant
        f"where indrelid = '{table}'::regclass and indisunique"
    ):
        copy.execute(f"drop index {row['name']}")
    copy.execute(f"insert into {table} select * from {table} limit 10")  # noqa: S608

    said = build.fail("run", "--select", "int_person_gaps")
    assert "int_person_gaps" in said
    assert "has rows twice" in said
    assert "--full-refresh" in said

    build.succeed(*BUILD, "--full-refresh")
    assert contents(copy) == wanted
