"""The table of responses in the code: the documents have the same one, and each row is true."""

import gzip
import re
import socket
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path

import pytest
from tap_klaviyo.client import errors, rate_limits, responses, retries
from tap_klaviyo.client.endpoint import Endpoint
from tap_klaviyo.client.http import ClientOptions, KlaviyoClient
from tap_klaviyo.run.run_stats import StreamStats

METRICS = Endpoint("metrics", 10, 150)
TRAPS = Path(__file__).parents[2] / "docs/known-traps.md"
HTML = {"body": b"<html>", "headers": {"Content-Type": "text/html"}}
PROBLEM = {"body": {"errors": [{"detail": "Not so", "source": {"pointer": "/data/filter"}}]}}
JSON = {"Content-Type": "application/problem+json"}
COMPRESSED = gzip.compress(b'{"data": []}')
CASES = {
    "2xx, JSON:API document": [
        {},
        *({"status": code, "body": {"data": []}} for code in (201, 203, 206)),
        {"status": 200, "body": {"data": [], "errors": []}},
        {"status": 200, "body": COMPRESSED, "headers": {"Content-Encoding": "gzip"}},
        *(
            {"status": code, "headers": {"Location": "/api/metrics"}}
            for code in (301, 302, 307, 308)
        ),
    ],
    "2xx, a document with `errors`": [
        {"status": 200, "body": {"errors": [{"status": status}]}} for status in (503, "429", None)
    ]
    + [{"status": 200, "body": {"data": [], "errors": [{"detail": "Not now"}]}}],
    "2xx, JSON of an undocumented structure": [
        {"status": 200, "body": b"[]"},
        {"status": 200, "body": b"{}"},
    ],
    "2xx, not JSON, or an incomplete body": [
        {"status": 200, **HTML},
        {"status": 200, "body": b""},
        {"status": 204},
        {"status": 200, "body": b'{"data": [{"id": '},
        {"status": 200, "body": b"{}", "headers": {"Content-Encoding": "gzip"}},
        {"drop": True},
    ],
    "400, 405, 409, 415": [{"status": code, **PROBLEM} for code in (400, 405, 409, 415)],
    "401": [{"status": 401, **PROBLEM}, {"status": 401, **HTML}],
    "403, JSON": [{"status": 403, **PROBLEM}, {"status": 403, **PROBLEM, "headers": JSON}],
    "403, HTML or `cf-mitigated` (a challenge)": [
        {"status": 403, **HTML},
        {"status": 403, "body": b"{}", "headers": {**JSON, "cf-mitigated": "challenge"}},
    ],
    "404": [{"status": 404, **PROBLEM}],
    "410": [{"status": 410, **PROBLEM}],
    "429": [
        {"status": 429, "headers": {"Retry-After": "7"}},
        {"status": 429},
        {"status": 429, "headers": {"Retry-After": "soon"}},
    ],
    "429, `Retry-After` over the longest wait": [
        {"status": 429, "headers": {"Retry-After": "70000"}}
    ],
    "408, 425, any 5xx": [
        {"status": code, **HTML}
        for code in (408, 425, 500, 501, 502, 503, 504, *range(520, 528), 530, 599)
    ],
    "connection refused, reset, timed out": [{"delay": 1}],
    "anything else": [{"status": 418}, {"status": 300}],
}


def rows(text: str) -> dict[str, str]:
    """The table: each response, and what happens next."""
    table = text.split("| response ")[1].split("\n\n", maxsplit=1)[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip().strip("|").split(" | ")] for line in table]
    return {cell[0]: cell[1] for cell in cells}


class Time:
    """A clock that sleeping moves on at once."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return time.monotonic() + sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def waits(monkeypatch) -> list[float]:
    """Seconds the client would have slept; the test does not sleep."""
    clock = Time()
    monkeypatch.setattr(retries, "time", clock)
    monkeypatch.setattr(rate_limits, "time", clock)
    return clock.slept


@pytest.fixture
def sender(sandbox, monkeypatch):
    """A client with the key of acme; it waits half a second for a byte."""
    monkeypatch.setattr(retries, "TIMEOUT", (1, 0.5))
    return sender_to(sandbox.api_url, sandbox.accounts[0]["api_key"])


def sender_to(url: str, key: str = "pk_x") -> KlaviyoClient:
    options = ClientOptions(url, "2026-10-15", 300, threading.Semaphore(4))
    return KlaviyoClient(options, "acme", key)


def happens(sender: KlaviyoClient) -> str:
    """`read`, `retry` or the name of the error."""
    stats = StreamStats()
    try:
        sender.get(stats, METRICS)
    except errors.KlaviyoError as error:
        return type(error).__name__
    return "retry" if stats.retries else "read"


def test_the_documents_have_the_table_of_the_code():
    assert rows(TRAPS.read_text()) == rows(responses.__doc__)


def test_every_row_of_the_table_is_tried_here():
    assert list(CASES) == list(rows(responses.__doc__))


@pytest.mark.parametrize("answer", CASES)
def test_what_the_table_says_happens(answer, sandbox, sender, waits):
    said = re.search(r"`(\w+)`|\w+", rows(responses.__doc__)[answer])
    expected = said[1] or said[0]
    if expected == "retry":
        assert re.match("retry", rows(responses.__doc__)[answer])
    for fault in CASES[answer]:
        if fault:
            sandbox.fault("/metrics", **fault)
        assert happens(sender) == expected, fault
    assert bool(waits) == (expected == "retry")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, errors.RequestRefused),
        ("401", errors.AccountFailed),
        (403, errors.StreamSkipped),
        (404, errors.NotFound),
        (410, errors.RevisionRetired),
    ],
)
def test_an_error_within_a_200_is_the_error_it_names_even_beside_data(
    sandbox, sender, status, error
):
    body = {"data": [], "errors": [{"status": status, "detail": "Not so"}]}
    sandbox.fault("/metrics", status=200, body=body)
    with pytest.raises(error, match="Not so"):
        sender.get(StreamStats(), METRICS)


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
    """An address where whoever connects is hung up on."""
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
        sender_to(hangs_up).get(StreamStats(), METRICS)
    assert len(waits) == len(retries.BACKOFF_SECONDS) == 7
    assert all(
        pause <= wait <= 1.5 * pause + 1
        for pause, wait in zip(retries.BACKOFF_SECONDS, waits, strict=True)
    )


def test_pauses_have_jitter_so_that_accounts_do_not_come_back_together(hangs_up, waits):
    for _ in range(2):
        with pytest.raises(errors.StreamFailed):
            sender_to(hangs_up).get(StreamStats(), METRICS)
    assert len(set(waits)) == len(waits)


def test_an_address_where_nobody_listens_is_retried_too(waits):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(errors.StreamFailed, match="ConnectionError"):
        sender_to(address).get(StreamStats(), METRICS)
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


def test_a_refusal_that_quotes_the_key_is_told_without_it(sandbox, sender):
    key = sandbox.accounts[0]["api_key"]
    body = {"errors": [{"detail": f"Klaviyo-API-Key {key} is not known"}]}
    sandbox.fault("/metrics", status=401, body=body)
    with pytest.raises(errors.AccountFailed, match="is not known") as caught:
        sender.get(StreamStats(), METRICS)
    assert key not in str(caught.value)
