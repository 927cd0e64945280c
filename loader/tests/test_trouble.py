"""Whatever happens to loader or Postgres: what a state speaks of is there, and nothing hangs."""

import resource
import signal
import subprocess
import time
from contextlib import contextmanager, nullcontext

import pytest

from loader.tests.feeding import PATIENCE, fed
from loader.tests.hostile import record, schema
from loader.tests.loading import OURS, command, lines, load
from loader.tests.pooler import pooler
from sandbox import Postgres
from tests.conftest import Database

BACKENDS = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where pid <> pg_backend_pid() and backend_type = 'client backend'
"""
LARGEST_FILE = 17_000_000  # a file of the log of changes has 16 MB from the beginning


def kill(loader, _):
    loader.process.send_signal(signal.SIGKILL)
    return -signal.SIGKILL


def stop(loader, _):
    loader.process.send_signal(signal.SIGTERM)
    loader.no_more()
    return 128 + signal.SIGTERM


def kill_backends(loader, _):
    # A connection that dies between two batches has no work, and is replaced unnoticed.
    deadline = time.monotonic() + PATIENCE
    while not loader.has_given_up() and time.monotonic() < deadline:
        loader.database.rows(BACKENDS)
    return 1


def restart(_, postgres):
    postgres.stop()
    postgres.start()
    return 1


EVENTS = [kill, stop, kill_backends, restart]


each_event = pytest.mark.parametrize("happens", EVENTS, ids=[one.__name__ for one in EVENTS])


@each_event
def test_whatever_happens_all_that_a_state_spoke_of_is_there_and_nothing_hangs(
    happens, postgres, database, tmp_path
):
    _try(happens, postgres, database, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("seconds", [0.1, 0.5, 1, 2, 5, 10])
@each_event
def test_whenever_it_happens(happens, seconds, postgres, database, tmp_path):
    database.execute(f"drop schema if exists {happens.__name__} cascade")
    _try(happens, postgres, database, tmp_path, seconds, batch_size_rows=3000)


def _try(happens, postgres, database, folder, seconds=0.0, **settings):
    with fed(database, folder, happens.__name__, **settings) as loader:
        loader.wait_for_states(2)
        time.sleep(seconds)
        status = happens(loader, postgres)
        if status == 1:  # it waits for a pause of the tap, so that Meltano notices its end
            loader.wait_until_it_gives_up()
            loader.no_more()
        assert loader.end() == status
        assert status != 0
    assert loader.missing() == 0
    assert happens is not stop or loader.states[-1] == loader.sent - 1


@contextmanager
def full_disk(postgres):
    """Restarted so that no file may grow beyond a size: to Postgres that is a full disk."""
    size = resource.getrlimit(resource.RLIMIT_FSIZE)
    postgres.stop()
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, size[1]))
    postgres.start()
    resource.setrlimit(resource.RLIMIT_FSIZE, size)
    yield
    postgres.stop()
    postgres.start()


def test_when_the_disk_is_full_all_that_a_state_spoke_of_is_there(postgres, database, tmp_path):
    with full_disk(postgres), fed(database, tmp_path, "full_disk") as loader:
        loader.wait_until_it_gives_up()
        loader.no_more()
        assert loader.end() == 1
    assert "could not extend file" in (tmp_path / "full_disk.log").read_text()
    assert loader.missing() == 0


@pytest.mark.soak
def test_when_a_small_disk_is_full_all_that_a_state_spoke_of_is_there(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=150m", "none", str(disk)]
    is_mounted = subprocess.run(mount, check=False).returncode == 0
    try:
        with Postgres(disk / "postgres") as postgres:
            postgres.make_durable()  # a full disk ends the server as a power cut would
            database = Database(postgres.env)
            full = nullcontext() if is_mounted else full_disk(postgres)
            with full, fed(database, tmp_path, "small_disk") as loader:
                loader.wait_until_it_gives_up()
                loader.no_more()
                assert loader.end() == 1
            if is_mounted:
                subprocess.run(["mount", "-o", "remount,size=400m", str(disk)], check=True)  # noqa: S607
            postgres.start()  # without room for its log of changes it has stopped
            assert loader.missing() == 0
    finally:
        if is_mounted:
            subprocess.run(["umount", str(disk)], check=True)  # noqa: S607


def test_a_batch_that_cannot_be_stored_ends_the_run_at_once_though_the_tap_is_silent(
    database, tmp_path
):
    database.execute("create schema silent")
    database.execute("create table silent.s (id bigint primary key check (id < 15))")
    run = command(database, tmp_path, "silent", OURS, batch_size_rows=10)
    messages = [record("s", {"id": number}) for number in range(20)]
    state = {"type": "STATE", "value": {"a": 1}}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            run, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
        )  # fmt: skip
    with process:
        assert process.stdin is not None
        process.stdin.write(lines([schema("s", {"id": {"type": ["integer"]}}, "id"), *messages]))
        process.stdin.write(lines([state]))
        process.stdin.flush()
        assert process.wait(PATIENCE) == 1  # its input is still open
        assert process.stdout is not None
        assert not process.stdout.read()
    assert database.value("select count(*) from silent.s") == 10


def test_a_pooler_may_give_each_transaction_another_session(database, tmp_path):
    messages = [schema("p", {"id": {"type": ["integer"]}}, "id")]
    messages += [record("p", {"id": number}) for number in range(90)]
    with pooler(int(database.env["PGPORT"])) as port:
        through = Database({**database.env, "PGPORT": str(port)})
        done = load(through, tmp_path, "pooled", lines(messages), batch_size_rows=3)
    assert done.status == 0, done.log[-3000:]
    assert database.value("select count(*) from pooled.p") == 90
