"""Klaviyo's limits: read as its answers announce them, and used to the full."""

import time
from dataclasses import replace

import pytest
from tap_klaviyo.client.endpoint import Endpoint
from tap_klaviyo.client.rate_limit_headers import announced_windows, seconds_until_reset
from tap_klaviyo.client.rate_limits import RateLimiter, WaitTooLong

from sandbox import Sandbox, World
from sandbox.server.state import SeenRequest

MAX_WAIT = 300.0
METRICS = Endpoint("metrics", burst=10, steady=150)
REPORTS = Endpoint("reports", burst=1, steady=2, daily=225)
FORMS = {"acme": "windows", "nord": "reordered", "koala": "minute", "fjord": "rubbish"}
CLOSED = {"RateLimit-Remaining": "0", "RateLimit-Reset": "67608"}


def sent(sandbox: Sandbox, client: str, path: str) -> list[SeenRequest]:
    return [seen for seen in sandbox.requests if (seen.client, seen.path) == (client, path)]


@pytest.mark.parametrize(
    ("header", "windows"),
    [
        ("10, 10;w=1, 150;w=60", {1: 10, 60: 150}),
        ("350, 350;w=1, 3500;w=60", {1: 350, 60: 3500}),
        ("1, 1;w=1, 2;w=60, 225;w=86400", {1: 1, 60: 2, 86_400: 225}),
        ("225;w=86400,2;w=60,1;w=1", {1: 1, 60: 2, 86_400: 225}),
        ("10,10;w=1,150;w=60", {1: 10, 60: 150}),
        (" 10 , 10 ; w = 1 , 150 ; comment=fixed ; w=60;burst=20", {1: 10, 60: 150}),
        ('60;w=60;policy="steady"', {60: 60}),
        ("60", {60: 60}),
        ("60;burst=3", {60: 60}),
        ("10, 10;w=1, many;w=60", {1: 10}),
        ("10, 10;w=1, 12;w=1", {1: 10}),
    ],
)
def test_every_window_of_the_header_is_read_in_whatever_order(header, windows):
    assert announced_windows({"RateLimit-Limit": header}) == windows


UNREADABLE = (
    *("", "soon", "-1", "0", "0;w=60", "1e3", "10, 150", "10, soon"),
    *("10;w", "10;w=0", "10;w=x", ";"),
)


@pytest.mark.parametrize("header", UNREADABLE)
def test_a_header_that_cannot_be_read_leaves_the_documented_limits_in_force(header):
    limiter = RateLimiter()
    limiter.update_from_headers(METRICS, {"RateLimit-Limit": header} if header else {})
    waits = [limiter.reserve(METRICS, MAX_WAIT) for _ in range(11)]
    assert waits[:10] == [0] * 10
    assert 0.9 < waits[10] < 1.2


@pytest.mark.parametrize(
    ("remaining", "reset", "closed"),
    [
        ("0", "37", 37),
        ("0", "0", 0),
        ("0", "36.5", 36.5),
        ("0, 0;w=1", "37;w=60", 37),
        ("9", "0", None),
        ("9", "37", None),
        (None, "37", None),
        ("0", None, None),
        ("0", "tomorrow", None),
        ("0", "1793059200", None),
        ("-1", "37", None),
    ],
)
def test_the_endpoint_is_closed_only_while_nothing_remains(remaining, reset, closed):
    headers = {"RateLimit-Remaining": remaining, "RateLimit-Reset": reset}
    assert seconds_until_reset({name: said for name, said in headers.items() if said}) == closed


def test_the_fourth_request_of_a_second_waits_for_the_burst_window():
    limiter, endpoint = RateLimiter(), Endpoint("aggregates", burst=3, steady=60)
    waits = [limiter.reserve(endpoint, MAX_WAIT) for _ in range(4)]
    assert waits[:3] == [0, 0, 0]
    assert 1.0 < waits[3] <= 1.2


def test_the_request_after_a_full_minute_waits_for_the_steady_window_however_long():
    limiter, endpoint = RateLimiter(), Endpoint("reports", burst=10, steady=2)
    waits = [limiter.reserve(endpoint, max_wait=5) for _ in range(3)]
    assert 60 < waits[2] < 62


def test_a_limit_that_klaviyo_announces_replaces_the_documented_one():
    limiter = RateLimiter()
    limiter.update_from_headers(
        METRICS, {"RateLimit-Limit": "2, 2;w=1, 15;w=60", "RateLimit-Remaining": "1"}
    )
    waits = [limiter.reserve(METRICS, MAX_WAIT) for _ in range(3)]
    assert waits[:2] == [0, 0]
    assert 1 < waits[2] < 1.2


def test_a_minute_that_others_have_used_up_is_waited_for():
    limiter = RateLimiter()
    limiter.update_from_headers(METRICS, {"RateLimit-Remaining": "0", "RateLimit-Reset": "37"})
    assert limiter.is_paused(METRICS)
    assert 37 < limiter.reserve(METRICS, MAX_WAIT) <= 38


def test_a_wait_that_is_too_long_takes_no_place():
    limiter = RateLimiter()
    limiter.update_from_headers(METRICS, CLOSED)
    for _ in range(3):
        assert isinstance(told := limiter.reserve(METRICS, MAX_WAIT), WaitTooLong)
        assert 67_600 < told.seconds < 67_610
    assert limiter.reserve(METRICS, 70_000) == pytest.approx(67_609, abs=2)


def test_the_announced_day_is_kept_and_told():
    limiter = RateLimiter()
    assert limiter.daily_quota(REPORTS) == 225
    limiter.update_from_headers(REPORTS, {"RateLimit-Limit": "4, 9;w=1, 9;w=60, 4;w=86400"})
    assert limiter.daily_quota(REPORTS) == 4
    assert [limiter.reserve(REPORTS, MAX_WAIT) for _ in range(4)] == [0] * 4
    assert isinstance(limiter.reserve(REPORTS, MAX_WAIT), WaitTooLong)


def test_endpoints_do_not_wait_for_each_other():
    limiter = RateLimiter()
    limiter.reserve(Endpoint("a", burst=1, steady=1), MAX_WAIT)
    assert limiter.reserve(Endpoint("b", burst=1, steady=1), MAX_WAIT) == 0


def test_requests_go_out_at_klaviyos_pace_in_whatever_form_it_announces_it(tap):
    """Three a second and sixty a minute are allowed; read as a minute's quota, three would be."""
    with Sandbox(World.invent(clients=FORMS)) as strict:
        for client, form in FORMS.items():
            strict.announce_limits(client, form)
        day = strict.world.until.date().isoformat()
        sync = replace(tap, sandbox=strict).sync(only=("metric_aggregates",), start_date=day)
        assert sync.status == 0
        for client in FORMS:
            asked = [
                r for r in strict.requests if (r.client, r.path) == (client, "/metric-aggregates")
            ]
            assert {request.status for request in asked} == {200}
            seconds = asked[-1].time - asked[0].time
            assert len(asked) > 20
            assert 60 * len(asked) / seconds > 60


def test_a_quota_used_up_until_tomorrow_is_left_to_the_next_run_though_the_answer_is_200(
    tap, sandbox
):
    used_up = {"status": 200, "headers": CLOSED, "body": {"data": []}}
    sandbox.fault("/tags", client="acme", **used_up)
    page = {"data": [], "links": {"next": f"{sandbox.api_url}/lists?page%5Bcursor%5D=2"}}
    sandbox.fault("/lists", client="acme", **{**used_up, "body": page})
    began = time.monotonic()
    sync = tap.sync(only=("tags", "lists"))
    assert time.monotonic() - began < 60
    assert sync.logged("acme", "tags")["status"] == "ok"
    row = sync.logged("acme", "lists")
    assert row["status"] == "deferred"
    assert "max_retry_wait_seconds" in row["error"]
    assert sync.logged("koala", "lists")["status"] == "ok"


def test_a_pause_that_one_answer_asks_for_is_kept_by_all_requests_to_the_endpoint(tap, sandbox):
    sandbox.fault("/events", client="acme", status=429, headers={"Retry-After": "3"})
    sync = tap.sync(only=("events",), start_date=sandbox.world.first_day.isoformat())
    assert sync.status == 0
    asked = sent(sandbox, "acme", "/events")
    [refused] = [request for request in asked if request.status == 429]
    under_way = 1  # sent before the refusal was read
    later = [r for r in asked if refused.time + under_way < r.time < refused.time + 3]
    assert later == []
