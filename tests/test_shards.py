"""Shards of one day's run: concurrent on a new database, killed, retried, divided otherwise."""

import os
import signal
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tap_klaviyo.config.shards import shard_of

from sandbox import Sandbox, World
from tests.conftest import CLIENTS, EXTRACT, MINUTES, Project, Run
from tests.processes import descendants, gone
from tests.test_state_in_postgres import documented_uri

if TYPE_CHECKING:
    import subprocess

RUN = "20261127T051500Z-daily"
SHARD = {client: f"{shard_of(client, 3)}/3" for client in CLIENTS}
NOTHING_READ = 3
LOG = "select distinct run_id, client, shard, status from tap_klaviyo.sync_log order by 1, 2, 4"


@pytest.fixture(scope="module")
def shops():
    with Sandbox(World.invent(clients=CLIENTS), rate_factor=20) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def new(shops, new_project):
    """Makes a project that keeps its state in its new database."""

    def make(name: str) -> Project:
        start = (shops.world.until - timedelta(days=20)).date().isoformat()
        project = new_project(name, shops, TAP_KLAVIYO_START_DATE=start, TAP_KLAVIYO_RUN_ID=RUN)
        project.database.execute("create schema meltano")
        project.settings["MELTANO_DATABASE_URI"] = documented_uri()
        project.know(*shops.accounts)
        return project

    return make


@pytest.fixture(scope="module")
def single(new):
    """What one run for all brands loads."""
    project = new("single_run")
    project.succeed(*EXTRACT)
    return project


@pytest.fixture(scope="module")
def divided(new, shops):
    """What three shards load that start concurrently; one is killed halfway, and started again."""
    project = new("three_shards")
    shops.fault("/events", client="koala", status=429, headers={"Retry-After": "100"}, times=None)
    shards = {client: project.start("daily", f"--shard={SHARD[client]}") for client in CLIENTS}
    victim = shards.pop("koala")
    runs = {client: end(process) for client, process in shards.items()}
    wait_for_events(shops, victim)
    family = descendants(victim.pid)
    os.killpg(victim.pid, signal.SIGKILL)
    end(victim)
    gone(family)
    shops.heal()
    runs["koala"] = end(project.start("daily", f"--shard={SHARD['koala']}"))
    return project, runs


def end(process: "subprocess.Popen[str]") -> Run:
    log, _ = process.communicate(timeout=5 * MINUTES)
    return Run(process.returncode, log)


def wait_for_events(shops, process):
    deadline = time.monotonic() + 2 * MINUTES
    while not any(r.client == "koala" and r.path.endswith("/events") for r in shops.requests):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)


def states(project: Project) -> set[str]:
    return {row["state_id"] for row in project.database.rows("select state_id from meltano.state")}


def test_three_shards_on_a_new_database_load_what_one_run_loads(single, divided):
    project, runs = divided
    assert {client: run.status for client, run in runs.items()} == dict.fromkeys(CLIENTS, 0), [
        run.log[-3000:] for run in runs.values() if run.status
    ]
    assert project.database.contents() == single.database.contents()


@pytest.mark.soak
@pytest.mark.parametrize("again", range(5))
def test_three_shards_on_a_new_database_never_get_in_each_others_way(again, new, single):
    project = new(f"three_shards_{again}")
    shards = [project.start("daily", f"--shard={shard}") for shard in SHARD.values()]
    runs = [end(process) for process in shards]
    assert [run.status for run in runs] == [0, 0, 0], [run.log[-3000:] for run in runs]
    assert project.database.contents() == single.database.contents()


def test_shards_are_one_run_in_the_run_log_and_say_what_is_theirs(divided):
    project, runs = divided
    rows = [row for row in project.database.rows(LOG) if row["run_id"] == RUN]
    assert {row["client"]: row["shard"] for row in rows} == SHARD
    assert {row["status"] for row in rows} <= {"ok", "partial"}
    for client, run in runs.items():
        assert f"Shard {SHARD[client]} succeeded." in run.log
        assert "1 of 1 brands read" in run.log


def test_the_ids_of_states_do_not_have_the_number_of_shards(divided):
    project, _ = divided
    numbers = {SHARD[client].partition("/")[0] for client in CLIENTS}
    whole = "dev:tap-klaviyo-to-target-postgres"
    assert states(project) == {f"{whole}:shard-{number}" for number in numbers}


def test_a_shard_whose_only_key_is_revoked_has_a_status_of_its_own_and_is_in_the_log(
    divided, shops
):
    project, _ = divided
    changed = {"TAP_KLAVIYO_RUN_ID": "20261128T051500Z-daily"}
    project.pipeline.configure({**project.settings, **changed})
    shops.revoke("nord")
    run = end(project.start("daily", f"--shard={SHARD['nord']}"))
    shops.restore("nord")
    project.pipeline.configure(project.settings)
    assert run.status == NOTHING_READ, run.log[-3000:]
    assert "0 of 1 brands read" in run.log
    rows = [row for row in project.database.rows(LOG) if row["run_id"] != RUN]
    assert [(row["client"], row["status"]) for row in rows] == [("nord", "failed")]


def test_a_shard_without_brands_succeeds_without_meltano(divided):
    project, _ = divided
    empty = next(n for n in range(1, 17) if n not in {shard_of(one, 16) for one in CLIENTS})
    run = end(project.start("daily", f"--shard={empty}/16"))
    assert run.status == 0
    assert f"Shard {empty}/16 has none of the brands" in run.log


def test_shards_without_a_shared_state_are_refused(divided):
    project, _ = divided
    kept = {k: v for k, v in project.settings.items() if k != "MELTANO_DATABASE_URI"}
    project.pipeline.configure(kept)
    run = end(project.start("daily", "--shard=1/3"))
    project.pipeline.configure(project.settings)
    assert run.status == 1
    assert "set MELTANO_DATABASE_URI" in run.log


def test_another_division_and_a_join_keep_every_bookmark(divided):
    project, _ = divided
    before = bookmarks(project)
    assert {client for client, _, _ in before} == set(CLIENTS)
    for way in (["divide", "5"], ["join"], ["divide", "3"]):
        run = end(project.start("state", *way))
        assert run.status == 0, run.log
        assert bookmarks(project) == before


def bookmarks(project: Project) -> set[tuple[str, ...]]:
    """Client, stream and bookmark of all states."""
    shown = end(project.start("state", "show")).log.splitlines()
    return {tuple(line.split("  ")[1:]) for line in shown}
