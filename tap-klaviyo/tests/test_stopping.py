"""A run that is told to stop says so, and ends."""

import array
import fcntl
import signal
import termios
import time

import pytest

FULL = 60_000  # bytes; a pipe that nobody reads holds 65,536, less what the next line needs


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
