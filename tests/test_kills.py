"""Killed at any point of a load and run again, the tables are exactly the right ones."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from demo.pipeline import Pipeline
from sandbox import Postgres, Sandbox, World
from tests.conftest import Database, Project

# After a SIGKILL Meltano believes for some minutes that the run still goes on.
EXTRACT = ("run", "--force", "tap-klaviyo", "target-postgres")
VICTIMS = ("tap-klaviyo", "target-postgres", "meltano")
DAYS = timedelta(days=4)


@dataclass(frozen=True)
class Whole:
    """What an undisturbed load takes and brings."""

    seconds: float
    contents: dict


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
    began = time.monotonic()
    project.succeed(*EXTRACT)
    contents = project.database.contents()
    assert contents["events"][0] == sum(len(a.by_id) for a in shops.world.accounts.values())
    return Whole(time.monotonic() - began, contents)


def _descendants(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [int(pid) for pid in children] + [d for c in children for d in _descendants(int(c))]


def _named(victim: str, process: subprocess.Popen) -> int | None:
    """The process among those that we started whose program is the victim."""
    for pid in [process.pid, *_descendants(process.pid)]:
        command = Path(f"/proc/{pid}/cmdline")
        words = command.read_bytes().split(b"\0") if command.exists() else []
        if any(word.decode().endswith(f"/bin/{victim}") for word in words[:2]):
            return pid
    return None


def _interrupt(project: Project, seconds: float, disturb) -> str | None:
    """Start a load, disturb it after so long; its log if it ended well all the same."""
    log = project.pipeline.folder / "interrupted.log"
    with log.open("w") as output:
        process = project.pipeline.start(*EXTRACT, output=output)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            family = _descendants(process.pid)
            disturb(process)
            process.wait(timeout=120)
            _gone(family)
    return None if process.returncode else log.read_text()


def _gone(pids: list[int]) -> None:
    """Wait for those that a killed Meltano left behind: they end when their pipes break."""
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < deadline, f"still running: {pids}"
        time.sleep(0.05)


def kill_and_run_again(project: Project, victim: str, seconds: float, whole: Whole) -> bool:
    """Whether the kill came before the end; the tables are right in any case."""

    def disturb(process: subprocess.Popen) -> None:
        pid = _named(victim, process)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)

    ended_well = _interrupt(project, seconds, disturb)
    project.succeed(*EXTRACT)
    assert project.database.contents() == whole.contents
    return ended_well is None


@pytest.mark.parametrize(
    ("victim", "part"), [("tap-klaviyo", 0.6), ("target-postgres", 0.8), ("meltano", 0.7)]
)
def test_a_load_whose_process_is_killed_is_right_after_the_next(victim, part, whole, new_load):
    project = new_load(f"killed_{victim}")
    assert kill_and_run_again(project, victim, part * whole.seconds, whole)


def test_a_load_whose_postgres_stops_in_the_middle_is_right_after_the_next(
    whole, shops, start, tmp_path
):
    with Postgres(tmp_path / "postgres") as postgres:
        settings = {"TAP_KLAVIYO_API_URL": shops.api_url, **postgres.env, **start}
        folder = tmp_path / "project"
        folder.mkdir()
        project = Project(Pipeline(folder, settings), Database(postgres.env), settings)
        project.know(*shops.accounts)
        ended_well = _interrupt(project, 0.8 * whole.seconds, lambda _: postgres.stop())
        assert ended_well is None
        postgres.start()
        project.settings.update(postgres.env)
        project.know(*shops.accounts)
        project.succeed(*EXTRACT)
        assert Database(postgres.env).contents() == whole.contents


@pytest.mark.soak
def test_twenty_kills_at_random_points_lose_and_double_nothing(whole, new_load, capsys):
    chance = random.Random(20)  # noqa: S311 - points in time, no secret
    killed = 0
    for number in range(20):
        project = new_load(f"random_kill_{number}")
        seconds = chance.uniform(0.3, 1) * whole.seconds
        killed += kill_and_run_again(project, VICTIMS[number % 3], seconds, whole)
    with capsys.disabled():
        print(f"\n{killed} of 20 loads were killed before their end")  # noqa: T201
    assert killed >= 10
