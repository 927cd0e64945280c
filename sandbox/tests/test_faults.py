"""What can be made to go wrong, and that it stops going wrong."""

import time

import pytest
import requests


def statuses(reader, path, times):
    return [reader.ask("GET", path).status_code for _ in range(times)]


def drain(answer, into):
    for piece in answer.iter_content(64):
        into += piece


def test_a_status_instead_of_an_answer_as_often_as_ordered(own, acme):
    for status in (401, 403, 410, 429, 500, 502, 503, 504, 524):
        own.fault("/metrics", status=status, times=2)

        assert statuses(acme, "/metrics", 3) == [status, status, 200]


def test_a_fault_has_the_headers_and_the_body_it_is_given(own, acme):
    own.fault("/events", status=429, headers={"Retry-After": "70000"}, body={"errors": []})
    answer = acme.ask("GET", "/events")

    assert answer.headers["Retry-After"] == "70000"
    assert answer.json() == {"errors": []}


def test_a_challenge_page_is_html(own, acme):
    page = "<html><title>Just a moment...</title></html>"
    headers = {"content-type": "text/html", "cf-mitigated": "challenge"}
    own.fault("/metrics", status=403, headers=headers, body=page)
    answer = acme.ask("GET", "/metrics")

    assert (answer.status_code, answer.headers["content-type"]) == (403, "text/html")
    assert answer.text == page


def test_a_dropped_connection_breaks_off_in_the_middle_of_the_body(own, acme):
    whole = acme.ask("GET", "/metrics").content
    own.fault("/metrics", drop=True)
    read = bytearray()

    with (
        acme.ask("GET", "/metrics", stream=True) as answer,
        pytest.raises(requests.exceptions.ChunkedEncodingError),
    ):
        drain(answer, read)
    assert answer.status_code == 200
    assert len(read) < len(whole)
    assert whole.startswith(bytes(read))
    assert acme.ask("GET", "/metrics").content == whole


def test_a_delay_keeps_one_request_waiting(own, acme):
    own.fault("/metrics", delay=0.3)
    began = time.monotonic()
    assert acme.ask("GET", "/metrics").ok

    assert time.monotonic() - began >= 0.3


def test_a_fault_can_be_for_one_brand_alone(own, acme):
    key = own.add_client("koala")
    own.fault("/metrics", client="koala", status=500, times=None)
    assert statuses(acme, "/metrics", 2) == [200, 200]

    acme.key = key
    assert statuses(acme, "/metrics", 2) == [500, 500]
    assert statuses(acme, "/flows", 1) == [200]


def test_healing_calls_off_all_faults(own, acme):
    fault = own.fault("/", status=500, times=None)
    assert statuses(acme, "/metrics", 1) == [500]
    own.heal()

    assert statuses(acme, "/metrics", 1) == [200]
    assert fault.times is None
