"""How long the client waits, how often it retries, and what it reports of both."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from tap_klaviyo.client import errors, retries
from tap_klaviyo.client.endpoint import Endpoint
from tap_klaviyo.run.run_stats import StreamStats

from .conftest import client_at

METRICS = Endpoint("metrics", 10, 150)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7),
        ("2.5", 2.5),
        ("nan", 0),
        ("inf", 0),
        ("-3", 0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
    ],
)
def test_the_wait_that_klaviyo_asks_for_is_read_in_any_form(sandbox, sender, waits, said, seconds):
    sandbox.fault("/metrics", status=429, headers={"Retry-After": said})
    sender.get(StreamStats(), METRICS)
    assert seconds <= waits[0] <= max(1, seconds) + 1.5


def test_a_wait_until_a_date_lasts_until_then(sandbox, sender, waits):
    later = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=90), usegmt=True)
    sandbox.fault("/metrics", status=503, headers={"Retry-After": later})
    sender.get(StreamStats(), METRICS)
    assert 88 <= waits[0] <= 92


@pytest.fixture
def hangs_up() -> Iterator[str]:
    """An address that closes each connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                connection, _ = server.accept()
                connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        ended.set()
        socket.create_connection(server.getsockname()).close()
        thread.join()


def test_a_connection_that_never_holds_is_tried_eight_times_with_growing_pauses(hangs_up, waits):
    with pytest.raises(errors.StreamFailed, match="gave up after 8 attempts"):
        client_at(hangs_up).get(StreamStats(), METRICS)
    assert len(waits) == len(retries.BACKOFF_SECONDS) == 7
    assert all(
        pause <= wait <= 1.5 * pause + 1
        for pause, wait in zip(retries.BACKOFF_SECONDS, waits, strict=True)
    )


def test_pauses_have_jitter_so_that_accounts_do_not_come_back_together(hangs_up, waits):
    for _ in range(2):
        with pytest.raises(errors.StreamFailed):
            client_at(hangs_up).get(StreamStats(), METRICS)
    assert len(set(waits)) == len(waits)


def test_an_address_where_nobody_listens_is_retried_too(waits):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(errors.StreamFailed, match="ConnectionError"):
        client_at(address).get(StreamStats(), METRICS)
    assert len(waits) == 7


def test_what_is_waited_is_in_the_log_and_counted(sandbox, sender, waits, caplog):
    caplog.set_level("INFO", logger="tap-klaviyo")
    sandbox.fault("/metrics", status=429, headers={"Retry-After": "7"}, times=2)
    stats = StreamStats()
    began = time.monotonic()
    sender.get(stats, METRICS)
    assert time.monotonic() - began < 5
    assert (stats.requests, stats.retries) == (3, 2)
    assert stats.throttled_seconds == pytest.approx(sum(waits))
    assert all(7 <= wait <= 10 for wait in waits)
    said = re.findall(r"acme, metrics: HTTP 429, retrying in (\d+) s", caplog.text)
    assert [int(seconds) for seconds in said] == [round(wait) for wait in waits]
