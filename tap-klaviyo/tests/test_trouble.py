"""One brand's trouble stays its own, and says what to do."""

import json
from datetime import datetime, timedelta

import pytest


def keys(sandbox) -> list[str]:
    return [account["api_key"] for account in sandbox.accounts]


def test_a_revoked_key_is_named_and_logged_while_the_other_brand_is_read_whole(
    tap, sandbox, world, account_id
):
    sandbox.revoke("acme")
    sync = tap.sync()
    assert sync.status == 0
    assert "acme is left out of this run" in sync.log
    assert "Create a private key" in sync.log
    row = sync.logged("acme", "events")
    assert (row["status"], row["account_id"]) == ("failed", "client:acme")
    assert len(sync.of("events", account_id("koala"))) == len(world.accounts["koala"].by_id)
    assert not any(key in sync.out + sync.log for key in keys(sandbox))


def test_when_no_key_works_the_run_fails_and_still_leaves_its_log(tap, sandbox):
    sandbox.revoke("acme")
    sandbox.revoke("koala")
    sync = tap.sync()
    assert sync.status != 0
    assert {row["status"] for row in sync.records["sync_log"]} == {"failed"}
    assert not any(key in sync.out + sync.log for key in keys(sandbox))


def test_a_known_account_keeps_its_id_in_the_log_when_its_key_stops_working(
    tap, sandbox, account_id
):
    first = tap.sync(only=("events",))
    sandbox.revoke("acme")
    second = tap.sync(only=("events",), state=first.state)
    assert second.logged("acme", "events")["account_id"] == account_id("acme")
    assert second.bookmark("events", account_id("acme")) == first.bookmark(
        "events", account_id("acme")
    )


def test_a_key_of_another_account_than_last_time_stops_that_client(tap, sandbox, account_id):
    first = tap.sync(only=("events",))
    sandbox.add_client("fjord")
    _, koala, fjord = sandbox.accounts
    swapped = [{"client": "acme", "api_key": fjord["api_key"]}, koala]
    second = tap.sync(only=("events",), state=first.state, accounts=swapped)
    assert "belongs to Klaviyo account" in second.logged("acme", "events")["error"]
    assert second.of("events", account_id("fjord")) == []
    assert second.of("events", account_id("koala")) != []


def test_two_clients_with_keys_of_one_account_are_not_read_twice(tap, sandbox):
    acme = sandbox.accounts[0]
    twin = {"client": "acme-again", "api_key": acme["api_key"]}
    sync = tap.sync(only=("events",), accounts=[acme, twin])
    assert sync.logged("acme", "events")["status"] == "ok"
    assert "remove one of them" in sync.logged("acme-again", "events")["error"]


def test_a_client_named_twice_is_refused_before_anything_is_read(tap, sandbox):
    acme, koala = sandbox.accounts
    sync = tap.sync(accounts=[acme, {**koala, "client": "acme"}])
    assert sync.status != 0
    assert "more than once" in sync.log
    assert sandbox.requests == []


def test_without_any_key_the_message_says_which_setting_is_missing(tap):
    sync = tap.sync(accounts=[])
    assert sync.status != 0
    assert "set `accounts`" in sync.log


def test_a_missing_scope_skips_that_stream_and_nothing_else(tap, sandbox, account_id):
    sandbox.deny_scope("acme", "campaigns:read")
    sync = tap.sync()
    assert sync.logged("acme", "campaigns")["status"] == "skipped"
    assert "scope" in sync.logged("acme", "campaigns")["error"]
    assert sync.logged("acme", "campaign_messages")["status"] == "skipped"
    assert sync.logged("acme", "events")["status"] == "ok"
    assert sync.of("campaigns", account_id("koala")) != []


def test_a_quota_used_up_until_tomorrow_defers_that_stream_and_ends_the_run_in_time(
    tap, sandbox, account_id
):
    tomorrow = {"Retry-After": "70000"}
    sandbox.fault("/events", client="acme", status=429, headers=tomorrow, times=None)
    began = datetime.now()  # noqa: DTZ005 - only a difference
    sync = tap.sync(only=("events", "metric_aggregates"))
    assert datetime.now() - began < timedelta(minutes=1)  # noqa: DTZ005 - only a difference
    assert sync.status == 0
    row = sync.logged("acme", "events")
    assert row["status"] == "deferred"
    assert "70000 s" in row["error"] or "70001 s" in row["error"]
    assert sync.bookmark("events", account_id("acme")) == {}
    assert sync.logged("acme", "metric_aggregates")["status"] == "ok"
    assert sync.logged("koala", "events")["status"] == "ok"


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"status": 503}, id="503"),
        pytest.param({"status": 429, "headers": {"Retry-After": "1"}}, id="429"),
        pytest.param({"drop": True}, id="half-a-body"),
        pytest.param({"status": 200, "body": b"<html>"}, id="not-json"),
        pytest.param(
            {"status": 403, "body": b"<html>", "headers": {"Content-Type": "text/html"}},
            id="challenge-page",
        ),
    ],
)
def test_passing_trouble_is_tried_again_and_nothing_is_lost(tap, sandbox, world, account_id, fault):
    sandbox.fault("/events", client="acme", times=1, **fault)
    sync = tap.sync(only=("events",))
    row = sync.logged("acme", "events")
    assert (row["status"], row["retries"]) == ("ok", 1)
    assert row["throttled_seconds"] > 0
    assert len(sync.of("events", account_id("acme"))) == len(world.accounts["acme"].by_id)


def test_json_of_another_shape_fails_that_stream_alone_and_keeps_its_bookmark(
    tap, sandbox, account_id
):
    body = {"data": [{"surprise": True}]}
    sandbox.fault("/events", client="acme", status=200, body=body, times=None)
    sync = tap.sync(only=("events", "accounts"))
    assert sync.status == 0
    assert sync.logged("acme", "events")["status"] == "failed"
    assert sync.bookmark("events", account_id("acme")) == {}
    assert sync.logged("koala", "events")["status"] == "ok"


def test_buckets_that_are_not_the_accounts_days_are_refused(tap, sandbox):
    shifted = {
        "data": {
            "type": "metric-aggregate",
            "id": "x",
            "attributes": {"dates": ["2026-01-01T00:30:00+00:00"], "data": []},
        }
    }
    sandbox.fault("/metric-aggregates", client="acme", status=200, body=shifted, times=None)
    sync = tap.sync(only=("metric_aggregates",))
    row = sync.logged("acme", "metric_aggregates")
    assert row["status"] == "failed"
    assert "not this account's days" in row["error"]


def test_a_refused_breakdown_is_left_out_and_told(tap, account_id):
    sync = tap.sync(
        only=("metric_aggregates",), breakdowns=[{"metric": "Placed Order", "by": ["No Such"]}]
    )
    row = sync.logged("acme", "metric_aggregates")
    assert row["status"] == "partial"
    assert "No Such" in row["error"]
    kept = sync.bookmark("metric_aggregates", account_id("acme"))["series"]
    assert not any("No Such" in series for series in kept)
    assert any(series.endswith(":total") for series in kept)


def test_a_retired_revision_stops_the_run_and_says_how_to_go_on(tap, sandbox):
    sandbox.fault("/events", status=410, body={"errors": [{"detail": "retired"}]}, times=None)
    sync = tap.sync(only=("events",))
    assert sync.status != 0
    assert "newer `revision`" in sync.log


def test_nul_characters_are_removed_at_any_depth_and_in_keys(tap, sandbox, account_id):
    hostile = {"a\x00b": "x\x00y", "deep": [{"k\x00": "\x00"}], "half": "\ud800"}
    event = sandbox.add_event(
        "acme",
        "Placed Order",
        datetime.now() - timedelta(days=2),  # noqa: DTZ005 - the shop's own wall clock
        properties=hostile,
    )
    sync = tap.sync(only=("events",))
    [found] = [e for e in sync.of("events", account_id("acme")) if e["id"] == event.id]
    kept = {name: found["event_properties"][name] for name in ("ab", "deep", "half")}
    assert kept == {"ab": "xy", "deep": [{"k": ""}], "half": "\ufffd"}
    assert "\\u0000" not in json.dumps(sync.records["events"])


def test_the_proxy_of_the_environment_is_used(tap, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # no server listens there
    monkeypatch.setenv("NO_PROXY", "")
    sync = tap.sync(only=("accounts",), max_retry_wait_seconds=0)
    assert sync.status != 0
    assert tap.sandbox.requests == []
    assert "ProxyError" in sync.log
