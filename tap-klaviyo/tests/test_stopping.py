"""A run that is told to stop says so, and ends."""

import array
import fcntl
import json
import signal
import termios
import time
from collections import Counter

import pytest

from .conftest import Sync

FULL = 60_000  # bytes; a pipe that is not read holds 65,536, less what the next line needs


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_ends_with_whole_lines_no_success_and_a_log_of_what_was_not_read(
    tap, sandbox, account_id, sign
):
    later = {"Retry-After": "60"}
    sandbox.fault("/events", client="koala", status=429, headers=later, times=None)
    with tap.start(only=("events",)) as process:
        _wait_until(lambda: any(_is_koalas(request) for request in sandbox.requests))
        _wait_until(lambda: _unread(process.stdout) >= FULL)
        process.send_signal(sign)
        stopped = tap.result(process)

    assert stopped.status == 128 + sign
    row = stopped.logged("koala", "events")
    assert (row["status"], row["error"][:19]) == ("failed", "The run was stopped")
    assert row["finished_at"]
    assert stopped.bookmark("events", account_id("koala")) == {}


def test_what_a_run_wrote_before_it_was_killed_already_says_that_it_did_not_end(
    tap, sandbox, account_id
):
    later = {"Retry-After": "60"}
    known = tap.sync(only=("accounts", "metrics"))
    sandbox.fault("/events", client="koala", status=429, headers=later, times=None)
    with tap.start(only=("accounts", "events"), state=known.state) as process:
        _wait_until(lambda: any(_is_koalas(request) for request in sandbox.requests))
        _wait_until(lambda: _unread(process.stdout) >= FULL)
        process.kill()
        out, _ = process.communicate()
    killed = Sync(process.returncode, out[: out.rindex("\n") + 1], "")

    row = killed.logged("koala", "events")
    assert (row["status"], row["records"]) == ("failed", 0)
    assert "stopped" in row["error"]
    assert row["started_at"] == row["finished_at"] is not None
    assert row["account_id"] == account_id("koala")


def test_the_row_of_a_run_that_ended_replaces_the_one_of_its_beginning(tap):
    sync = tap.sync(only=("accounts", "metrics"))
    written = [json.loads(line) for line in sync.out.splitlines()]
    rows = [
        line["record"] for line in written if line.get("stream") == "sync_log" and "record" in line
    ]
    keys = Counter((row["run_id"], row["account_id"], row["stream"]) for row in rows)
    assert set(keys.values()) == {2}
    assert {row["status"] for row in sync.records["sync_log"]} == {"ok"}


def test_a_run_that_is_stopped_while_klaviyo_is_asked_whose_keys_these_are_is_logged(tap, sandbox):
    known = tap.sync(only=("accounts",))
    sandbox.fault("/accounts", status=429, headers={"Retry-After": "60"}, times=None)
    before = len(sandbox.requests)
    with tap.start(only=("accounts",), state=known.state) as process:
        _wait_until(lambda: len(sandbox.requests) > before)
        process.send_signal(signal.SIGINT)
        stopped = tap.result(process)
    assert stopped.status == 128 + signal.SIGINT
    assert stopped.logged("acme", "accounts")["status"] == "failed"
    assert stopped.logged("acme", "accounts")["started_at"]


def test_a_stopped_run_ends_although_nobody_reads_what_it_writes(tap):
    with tap.start(only=("events",)) as process:
        _wait_until(lambda: _unread(process.stdout) >= FULL)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) != 0


def _is_koalas(request):
    return request.client == "koala" and request.path.endswith("/events")


def _wait_until(is_so):
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _unread(pipe):
    waiting = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, waiting)
    return waiting[0]
