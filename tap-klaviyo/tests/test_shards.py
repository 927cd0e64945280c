"""Shards: disjoint, complete, unmoved by another client; one run id for all of them."""

import pytest
from tap_klaviyo.config.schema import normalize
from tap_klaviyo.config.shards import Shard, shard_of
from tap_klaviyo.config.validation import problems

CLIENTS = [f"brand {n}" for n in range(500)]
RUN = "20261127T051500Z-daily"
WRONG = ["0/3", "4/3", "3", "3/0", "3 of 16", "-1/3", "1/1001", "01/3", "\u0661/3", 3, ["1/3"]]


def test_every_client_is_in_one_shard_and_no_shard_is_far_too_large():
    for count in (1, 2, 5, 16):
        shards = [Shard(number, count) for number in range(1, count + 1)]
        found = [[client for client in CLIENTS if shard.has(client)] for shard in shards]
        assert sorted(client for part in found for client in part) == sorted(CLIENTS)
        assert max(map(len, found)) < 2 * len(CLIENTS) / count


def test_the_shard_of_a_client_is_the_same_for_ever():
    assert [shard_of(client, 16) for client in ("acme", "nord", "koala", "Ærø")] == [1, 9, 16, 4]


@pytest.mark.parametrize("value", WRONG)
def test_a_wrong_shard_is_named_with_a_right_one(value):
    account = {"client": "acme", "api_key": "pk_x"}
    found = problems(normalize({"accounts": [account], "shard": value}))
    assert list(found) == ["shard"]
    assert "/" in found["shard"].partition(": ")[2]


@pytest.mark.parametrize("value", ["yesterday", "20261127", "20261127T051500Z", 7, f"{RUN}/../x"])
def test_a_run_id_that_would_not_sort_by_time_is_refused(value):
    account = {"client": "acme", "api_key": "pk_x"}
    assert list(problems(normalize({"accounts": [account], "run_id": value}))) == ["run_id"]


def test_shards_read_each_brand_once_and_log_it_under_one_run(tap, sandbox, world):
    for client in ("nord", "fjord"):
        sandbox.add_client(client)
    parts = [tap.sync(only=("accounts",), shard=f"{n}/3", run_id=RUN) for n in (1, 2, 3)]
    assert [part.status for part in parts] == [0, 0, 0]
    rows = [row for part in parts for row in part.records.get("accounts", [])]
    assert sorted(r["account_id"] for r in rows) == sorted(a.id for a in world.accounts.values())
    logged = [row for part in parts for row in part.records.get("sync_log", [])]
    assert {row["run_id"] for row in logged} == {RUN}
    assert {row["client"]: row["shard"] for row in logged} == {
        client: f"{shard_of(client, 3)}/3" for client in world.accounts
    }


def test_a_shard_without_brands_reads_nothing_says_so_and_succeeds(tap, sandbox):
    (empty,) = {1, 2} - {shard_of("acme", 2)}
    acme = [account for account in sandbox.accounts if account["client"] == "acme"]
    sync = tap.sync(accounts=acme, shard=f"{empty}/2", state={"bookmarks": {"kept": {}}})
    assert sync.status == 0
    assert sync.out == ""
    assert sandbox.requests == []
    assert f"Shard {empty}/2 has none of the accounts" in sync.log
