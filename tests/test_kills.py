"""Killed at any point of a load and run again, the tables are exactly the right ones."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest

from demo.pipeline import Pipeline
from sandbox import Postgres, Sandbox, World
from tests.conftest import Database, Project
from tests.processes import descendants, gone, named

# After a SIGKILL Meltano believes for some minutes that the run still goes on.
EXTRACT = ("run", "--force", "tap-klaviyo", "target-postgres")
VICTIMS = ("tap-klaviyo", "target-postgres", "meltano")
DAYS = timedelta(days=4)


@dataclass(frozen=True)
class Whole:
    """What an undisturbed load asks, how long it writes afterwards, and what it brings."""

    requests: int
    writing: float
    contents: dict


@dataclass(frozen=True)
class Load:
    """A load to come: into which project, from which shops, and what it should bring."""

    project: Project
    shops: Sandbox
    whole: Whole


@pytest.fixture(scope="module")
def shops() -> Iterator[Sandbox]:
    until = World.invent(clients=()).until
    world = World.invent(clients=("acme", "koala"), until=until, first_day=(until - DAYS).date())
    with Sandbox(world, rate_factor=100) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def start(shops) -> dict[str, str]:
    day = shops.world.first_day - timedelta(days=1)
    return {"TAP_KLAVIYO_START_DATE": day.isoformat()}


@pytest.fixture(scope="module")
def new_load(shops, start, new_project) -> Callable[[str], Project]:
    return lambda name: new_project(name, shops, **start)


@pytest.fixture(scope="module")
def whole(shops, new_load) -> Whole:
    project = new_load("undisturbed")
    before = len(shops.requests)
    project.succeed(*EXTRACT)
    contents = project.database.contents()
    assert contents["events"][0] == sum(len(a.by_id) for a in shops.world.accounts.values())
    writing = time.time() - shops.requests[-1].time
    return Whole(len(shops.requests) - before, writing, contents)


def _interrupt(load: Load, part: float, disturb) -> bool:
    """Start a load and disturb it at a point; whether that was before its end.

    Up to 1 the point is a part of the requests, beyond that of the writing after the last one.
    """
    log = load.project.pipeline.folder / "interrupted.log"
    wanted = len(load.shops.requests) + min(part, 1) * load.whole.requests
    with log.open("w") as output:
        process = load.project.pipeline.start(*EXTRACT, output=output)
        while len(load.shops.requests) < wanted and process.poll() is None:
            time.sleep(0.01)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=max(0, part - 1) * load.whole.writing)
        family = descendants(process.pid)
        if process.poll() is None:
            disturb(process)
        process.wait(timeout=120)
        gone(family)
    return process.returncode != 0


def kill_and_run_again(load: Load, victim: str, part: float) -> bool:
    """Whether the kill came before the end; the tables are right in any case."""

    def disturb(process: subprocess.Popen) -> None:
        pid = named(victim, process)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)

    is_killed = _interrupt(load, part, disturb)
    load.project.succeed(*EXTRACT)
    assert load.project.database.contents() == load.whole.contents
    return is_killed


@pytest.mark.parametrize(
    ("victim", "part"), [("tap-klaviyo", 0.5), ("target-postgres", 0.9), ("meltano", 0.7)]
)
def test_a_load_whose_process_is_killed_is_right_after_the_next(
    victim, part, whole, shops, new_load
):
    load = Load(new_load(f"killed_{victim}"), shops, whole)
    assert kill_and_run_again(load, victim, part)


def test_a_load_whose_postgres_stops_in_the_middle_is_right_after_the_next(
    whole, shops, start, tmp_path
):
    with Postgres(tmp_path / "postgres") as postgres:
        settings = {"TAP_KLAVIYO_API_URL": shops.api_url, **postgres.env, **start}
        folder = tmp_path / "project"
        folder.mkdir()
        project = Project(Pipeline(folder, settings), Database(postgres.env), settings)
        project.know(*shops.accounts)
        assert _interrupt(Load(project, shops, whole), 0.9, lambda _: postgres.stop())
        postgres.start()
        project.settings.update(postgres.env)
        project.know(*shops.accounts)
        project.succeed(*EXTRACT)
        assert Database(postgres.env).contents() == whole.contents


@pytest.mark.soak
def test_twenty_kills_at_random_points_lose_and_double_nothing(whole, shops, new_load, capsys):
    chance = random.Random(20)  # noqa: S311 - points of a load, no secret
    killed = 0
    for number in range(20):
        load = Load(new_load(f"random_kill_{number}"), shops, whole)
        killed += kill_and_run_again(load, VICTIMS[number % 3], chance.uniform(0, 1.4))
    with capsys.disabled():
        print(f"\n{killed} of 20 loads were killed before their end")  # noqa: T201
    assert killed >= 12
