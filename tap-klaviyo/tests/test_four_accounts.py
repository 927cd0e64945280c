"""Four brands in one run: a used-up quota, a revoked key, a missing scope, and all is well."""

import os
import subprocess
import sys
import time
from collections import defaultdict
from types import SimpleNamespace

import pytest

WRONG = "pk_5f0e4a1c9b7d2e6f8a3c5b1d9e7f2a4c6b"


def talkative(tap):
    """The same tap with every log line it has, urllib3's too."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "tap_klaviyo", *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            env={**os.environ, "TAP_KLAVIYO_LOGLEVEL": "DEBUG", "LOGLEVEL": "DEBUG"},
        )

    tap.run = run
    return tap


@pytest.fixture
def four(tap, sandbox):
    """The run, how long it took, and the status of each stream by brand."""
    sandbox.add_client("nord")
    sandbox.add_client("fjord")
    tomorrow = {"Retry-After": "70000"}
    sandbox.fault("/", client="acme", status=429, headers=tomorrow, times=None)
    sandbox.revoke("koala")
    sandbox.deny_scope("nord", "campaigns:read")
    began = time.monotonic()
    sync = talkative(tap).sync()
    seconds = time.monotonic() - began
    log: dict[str, dict[str, dict]] = defaultdict(dict)
    for row in sync.records["sync_log"]:
        log[row["client"]][row["stream"]] = row
    return SimpleNamespace(sync=sync, seconds=seconds, log=log)


def test_each_brands_trouble_stays_its_own_and_is_told_precisely(four, sandbox, world, account_id):
    assert four.sync.status == 0
    assert four.seconds < 120
    statuses = {
        client: {stream: row["status"] for stream, row in rows.items()}
        for client, rows in four.log.items()
    }
    assert set(statuses["acme"].values()) == {"deferred"}
    assert set(statuses["koala"].values()) == {"failed"}
    assert set(statuses["fjord"].values()) == {"ok"}
    skipped = {stream for stream, status in statuses["nord"].items() if status == "skipped"}
    assert skipped == {stream for stream in statuses["nord"] if stream.startswith("campaign")}
    assert {s for stream, s in statuses["nord"].items() if stream not in skipped} == {"ok"}
    assert all(
        "70000 s" in r["error"] or "70001 s" in r["error"] for r in four.log["acme"].values()
    )
    assert all("Create a private key" in row["error"] for row in four.log["koala"].values())
    assert all("read scope" in four.log["nord"][stream]["error"] for stream in skipped)
    for client in ("nord", "fjord"):
        events = four.sync.of("events", account_id(client))
        assert {event["id"] for event in events} == set(world.accounts[client].by_id)
    assert "DEBUG" in four.sync.log
    assert "/api/events" in four.sync.log
    assert not [a for a in sandbox.accounts if a["api_key"] in four.sync.out + four.sync.log]


MISTAKES = {
    "an object for the list": {"accounts": {"client": "acme", "api_key": WRONG}},
    "a list of keys": {"accounts": [WRONG]},
    "a key in a list": {"accounts": [{"client": "acme", "api_key": [WRONG]}]},
    "no client": {"accounts": [{"api_key": WRONG}]},
    "text that is no JSON": {"accounts": f'[{{"client": "acme", "api_key": "{WRONG}"'},
    "a list as the only key": {"api_key": [WRONG]},
    "two keys in one": {"accounts": [{"client": "acme", "api_key": f"{WRONG}\n{WRONG}"}]},
    "a letter no key has": {"accounts": [{"client": "acme", "api_key": f"{WRONG}…"}]},
    "a key nobody knows": {"accounts": [{"client": "acme", "api_key": WRONG}]},
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_no_mistake_in_the_settings_shows_a_key(tap, mistake):
    settings = {"accounts": [], **MISTAKES[mistake]}
    sync = talkative(tap).sync(**settings)
    assert sync.status != 0
    assert WRONG not in sync.out + sync.log
    assert "accounts" in sync.log or "api_key" in sync.log


def test_an_account_of_another_shape_stops_that_brand_alone(tap, sandbox, world, account_id):
    body = {"data": [{"surprise": True}]}
    sandbox.fault("/accounts", client="acme", status=200, body=body, times=None)
    sync = tap.sync(only=("events",))
    assert sync.status == 0
    assert "Unexpected KeyError" in sync.logged("acme", "events")["error"]
    events = sync.of("events", account_id("koala"))
    assert len(events) == len(world.accounts["koala"].by_id)


def test_a_key_with_a_blank_or_a_line_end_around_it_works(tap, sandbox):
    acme, koala = sandbox.accounts
    acme = {**acme, "api_key": f" {acme['api_key']}\n"}
    sync = tap.sync(only=("accounts",), accounts=[acme, koala])
    assert {row["status"] for row in sync.records["sync_log"]} == {"ok"}


def test_accounts_may_be_given_as_json_text_as_meltano_does(tap, sandbox):
    acme = sandbox.accounts[0]
    text = f'[{{"client": "acme", "api_key": "{acme["api_key"]}"}}]'
    sync = tap.sync(only=("accounts",), accounts=text)
    assert sync.logged("acme", "accounts")["status"] == "ok"
