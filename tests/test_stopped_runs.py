"""A run that is stopped or killed, by whatever reaches whom, is in the run log."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox import Sandbox, World
from tests.conftest import EXTRACT, MINUTES, Project
from tests.processes import descendants, gone, named

LOADER_IS_THERE = "select to_regclass('tap_klaviyo.sync_log') is not null"
CLIENTS = ("acme", "koala")
EVERYONE = ["meltano", "tap-klaviyo", "target-postgres"]
FRESHNESS_BUILD = ("build", "--select", "+data_freshness", "--exclude-resource-type", "test")
FRESHNESS = "select distinct status, error from analytics.data_freshness where stream = 'events'"


@pytest.fixture(scope="module")
def shops() -> Iterator[Sandbox]:
    with Sandbox(World.invent(clients=CLIENTS), rate_factor=20) as sandbox:
        yield sandbox


@pytest.fixture
def halted(shops: Sandbox) -> Iterator[Sandbox]:
    """Shops that hold a run up when it comes to their events, and not before."""
    shops.fault("/events", status=429, headers={"Retry-After": "100"}, times=None)
    yield shops
    shops.heal()


def _halfway(project: Project, shops: Sandbox) -> subprocess.Popen:
    """A run that waits in the middle of its events, with nothing left in its pipes."""
    before = len(shops.requests)
    # A suite that runs in the background ignores Ctrl-C, and so would what it starts.
    ignored = signal.signal(signal.SIGINT, signal.default_int_handler)
    with (project.pipeline.folder / "stopped.log").open("w") as log:
        process = project.pipeline.start(*EXTRACT, output=log)
    signal.signal(signal.SIGINT, ignored)
    _wait_until(lambda: _waits_for_events(shops, before), process)
    _wait_until(lambda: project.database.value(LOADER_IS_THERE), process)
    _wait_until(lambda: _is_idle(named("target-postgres", process)), process)
    return process


def _wait_until(is_so: Callable[[], object], process: subprocess.Popen) -> None:
    deadline = time.monotonic() + MINUTES
    while not is_so():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _waits_for_events(shops: Sandbox, before: int) -> bool:
    asked = [request for request in shops.requests[before:] if request.path.endswith("/events")]
    return {request.client for request in asked} == set(CLIENTS)


def _is_idle(pid: int | None) -> bool:
    """Whether a process has done nothing for a second."""
    used = _cpu_time(pid)
    time.sleep(1)
    return used == _cpu_time(pid)


def _cpu_time(pid: int | None) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_run_whose_every_process_gets_the_signal_is_in_the_run_log_of_the_dashboards(
    sign, halted, new_project, dbt
):
    project = new_project(f"stopped_{sign.name.lower()}", halted)
    process = _halfway(project, halted)
    os.killpg(process.pid, sign)
    process.wait(timeout=3 * MINUTES)

    assert process.returncode != 0
    dbt(project.database, *FRESHNESS_BUILD)
    rows = project.database.rows("select * from analytics.pipeline_runs where stream = 'events'")
    assert {row["client"] for row in rows} == set(CLIENTS)
    assert {row["status"] for row in rows} == {"failed"}
    assert all("The run was stopped" in row["error"] for row in rows)
    assert all(row["started_at"] and row["finished_at"] for row in rows)
    (freshness,) = project.database.rows(FRESHNESS)
    assert freshness["status"] == "never"


@pytest.mark.parametrize("victims", [["tap-klaviyo"], ["target-postgres"], ["meltano"], EVERYONE])
def test_a_run_of_which_processes_are_killed_is_in_the_run_log(victims, halted, new_project):
    project = new_project(f"killed_{len(victims)}_{victims[0]}", halted)
    process = _halfway(project, halted)
    family = descendants(process.pid)
    tap = named("tap-klaviyo", process)
    for pid in [named(victim, process) for victim in victims]:
        os.kill(pid, signal.SIGKILL)
    process.wait(timeout=MINUTES)
    if victims == ["meltano"]:
        os.kill(tap, signal.SIGTERM)  # it would wait for Klaviyo before it misses its reader
    gone(family)

    rows = project.database.rows("select * from tap_klaviyo.sync_log where stream = 'events'")
    assert {row["client"] for row in rows} == set(CLIENTS)
    assert {row["status"] for row in rows} == {"failed"}


def test_the_run_after_a_stopped_one_is_good_and_both_are_in_the_log(shops, new_project, dbt):
    shops.fault("/events", status=429, headers={"Retry-After": "100"}, times=None)
    project = new_project("stopped_and_again", shops)
    process = _halfway(project, shops)
    os.killpg(process.pid, signal.SIGINT)
    process.wait(timeout=3 * MINUTES)
    shops.heal()
    project.succeed(*EXTRACT)

    dbt(project.database, *FRESHNESS_BUILD)
    runs = "select status from analytics.pipeline_runs where stream = 'events' order by run_id"
    assert [row["status"] for row in project.database.rows(runs)] == 2 * ["failed"] + 2 * ["ok"]
    (freshness,) = project.database.rows(FRESHNESS)
    assert freshness["status"] == "fresh"
