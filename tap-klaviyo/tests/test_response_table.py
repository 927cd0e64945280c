"""The table of responses in the code: the documents have the same one, and each row is true."""

import gzip
import re
from pathlib import Path

import pytest
from tap_klaviyo.client import errors, responses
from tap_klaviyo.client.endpoint import Endpoint
from tap_klaviyo.client.http import KlaviyoClient
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


def test_a_refusal_that_quotes_the_key_is_told_without_it(sandbox, sender):
    key = sandbox.accounts[0]["api_key"]
    body = {"errors": [{"detail": f"Klaviyo-API-Key {key} is not known"}]}
    sandbox.fault("/metrics", status=401, body=body)
    with pytest.raises(errors.AccountFailed, match="is not known") as caught:
        sender.get(StreamStats(), METRICS)
    assert key not in str(caught.value)
