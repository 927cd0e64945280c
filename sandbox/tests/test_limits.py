"""Klaviyo's rate limits: two windows per account and endpoint, and what answers say of them."""

from datetime import datetime, timezone

import pytest

from sandbox import Sandbox
from sandbox.server.contract import Limit
from sandbox.server.errors import ApiError
from sandbox.server.limits import RateLimiter

LIMIT = Limit(burst=3, steady=60)


class Clock:
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock():
    return Clock(1_800_000_000.25)  # a quarter of a second into a minute


@pytest.fixture
def limiter(clock):
    return RateLimiter(clock=clock)


def refused(limiter, account="acme", endpoint="flows"):
    """Seconds to wait, or None if the request is let in."""
    try:
        limiter.admit(account, endpoint, LIMIT)
    except ApiError as error:
        return int(error.headers["Retry-After"])
    return None


def test_a_burst_is_refused_until_the_next_second(limiter, clock):
    assert [refused(limiter) for _ in range(4)] == [None, None, None, 1]
    clock.seconds += 0.74
    assert refused(limiter) == 1
    clock.seconds += 0.01
    assert refused(limiter) is None


def test_a_minutes_worth_is_refused_until_the_next_minute(limiter, clock):
    for _ in range(20):
        assert [refused(limiter) for _ in range(3)] == [None, None, None]
        clock.seconds += 1
    assert refused(limiter) == 40
    clock.seconds += 39
    assert refused(limiter) == 1
    clock.seconds += 1
    assert refused(limiter) is None


def test_accounts_and_endpoints_have_limits_of_their_own(limiter):
    for _ in range(4):
        refused(limiter)
    assert refused(limiter) == 1
    assert refused(limiter, account="nord") is None
    assert refused(limiter, endpoint="metrics") is None


@pytest.mark.parametrize(
    ("form", "limit", "remaining", "reset"),
    [
        ("windows", "3, 3;w=1, 60;w=60", "1", "0"),
        ("reordered", '60;comment="fixed";w=60;burst=0,3;comment="fixed";w=1;burst=0,3', "1", "0"),
        ("minute", "60", "58", "59"),
        ("rubbish", "soon;w=minute, 0;w=60", "-1", "tomorrow"),
    ],
)
def test_answers_tell_what_is_left_in_the_form_that_was_asked_for(
    limiter, form, limit, remaining, reset
):
    limiter.announce("acme", form)
    limiter.admit("acme", "flows", LIMIT)
    headers = limiter.admit("acme", "flows", LIMIT)

    assert headers == {
        "RateLimit-Limit": limit,
        "RateLimit-Remaining": remaining,
        "RateLimit-Reset": reset,
    }


def test_the_window_that_binds_comes_first(limiter, clock):
    for _ in range(19):
        assert [refused(limiter) for _ in range(3)] == [None, None, None]
        clock.seconds += 1
    assert [refused(limiter) for _ in range(2)] == [None, None]
    clock.seconds += 1
    headers = limiter.admit("acme", "flows", LIMIT)

    assert headers["RateLimit-Limit"] == "60, 3;w=1, 60;w=60"
    assert (headers["RateLimit-Remaining"], headers["RateLimit-Reset"]) == ("0", "39")


def test_an_endpoint_with_a_daily_limit_announces_it(clock):
    limiter = RateLimiter(clock=clock)
    headers = limiter.admit("acme", "reports", Limit(1, 2, 225))

    assert headers["RateLimit-Limit"] == "1, 1;w=1, 2;w=60, 225;w=86400"


def test_an_account_may_announce_nothing(limiter):
    limiter.announce("acme", "nothing")

    assert limiter.admit("acme", "flows", LIMIT) == {}


def test_over_http_a_throttled_request_says_how_long_to_wait(own, acme):
    with Sandbox(own.world) as strict:
        acme.sandbox = strict
        answers = [acme.ask("GET", "/accounts") for _ in range(3)]  # one a second is allowed

    good = [answer for answer in answers if answer.ok]
    throttled = [answer for answer in answers if answer.status_code == 429]
    assert good
    assert throttled
    assert good[0].headers["RateLimit-Limit"] == "1, 1;w=1, 15;w=60"
    assert throttled[0].headers["Retry-After"] == "1"
    assert "RateLimit-Limit" not in throttled[0].headers
    assert throttled[0].json()["errors"][0]["code"] == "throttled"


def test_a_factor_loosens_all_limits():
    limiter = RateLimiter(100, clock=Clock(datetime.now(timezone.utc).timestamp()))

    assert all(refused(limiter) is None for _ in range(250))
