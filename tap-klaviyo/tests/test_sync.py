"""What a run brings, and what the next one brings."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tap_klaviyo.times import local_day, midnight

from sandbox import Sandbox, World


def test_every_total_of_every_local_day_is_what_happened(tap, world, account_id):
    sync = tap.sync(only=("metrics", "metric_aggregates"))
    for client in ("acme", "koala"):
        names = {metric["id"]: metric["name"] for metric in sync.of("metrics", account_id(client))}
        truth = world.truth.totals(client)
        unique_names = {name for name in names.values() if list(names.values()).count(name) == 1}
        compared = 0
        for row in sync.of("metric_aggregates", account_id(client)):
            name = names[row["metric_id"]]
            if row["breakdown"] != "total" or name not in unique_names:
                continue
            expected = truth.get(datetime.fromisoformat(row["date"]).date(), {}).get(
                name, {"count": 0, "unique": 0, "sum_value": 0}
            )
            found = (row["count"], row["unique_profiles"], round(row["sum_value"] * 100))
            cents = round(expected["sum_value"] * 100)
            assert found == (expected["count"], expected["unique"], cents), (client, name, row)
            compared += expected["count"] > 0
        assert compared > 100


def test_a_breakdown_adds_up_to_its_total(tap, account_id):
    sync = tap.sync(only=("metric_aggregates",))
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in sync.of("metric_aggregates", account_id("koala")):
        sums[row["metric_id"], row["date"], row["breakdown"]] += row["count"]
    broken_down = {key: n for key, n in sums.items() if key[2] != "total" and n}
    assert len(broken_down) > 100
    for (metric, date, _), count in broken_down.items():
        assert sums[metric, date, "total"] == count


def test_events_come_whole_with_what_they_are_credited_to(tap, world, account_id):
    sync = tap.sync(only=("events",))
    events = sync.of("events", account_id("acme"))
    assert len({event["id"] for event in events}) == len(events)
    assert len(events) == len(world.accounts["acme"].by_id)
    credited = [event for event in events if event["attributions"]]
    assert credited
    message_of = ("campaign_message_id", "flow_message_id")
    assert all(any(e["attributions"][0][name] for name in message_of) for e in credited)


def test_campaigns_bring_messages_and_variations(tap, account_id):
    sync = tap.sync(only=("campaigns", "campaign_messages", "campaign_variations"))
    messages = {m["id"] for m in sync.of("campaign_messages", account_id("acme"))}
    variations = sync.of("campaign_variations", account_id("acme"))
    assert {v["campaign_message_id"] for v in variations} == messages != set()
    assert {v["channel"] for v in variations} >= {"email", "sms"}


def test_all_variations_of_a_message_carry_the_moment_of_its_reading(
    tap, sandbox, world, account_id
):
    in_pages = world.accounts["acme"].campaigns[0].messages[0].id
    path = f"/campaign-messages/{in_pages}/campaign-variations"
    for variation, link in (("a", f"{sandbox.api_url}{path}?page[cursor]=x"), ("b", None)):
        body = {"data": [{"id": variation, "attributes": {}}], "links": {"next": link}}
        sandbox.fault(path, client="acme", status=200, body=body)

    def moments(sync) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for variation in sync.of("campaign_variations", account_id("acme")):
            found[variation["campaign_message_id"]].add(variation["read_at"])
        return found

    first, second = (tap.sync(only=("campaigns", "campaign_variations")) for _ in range(2))
    assert {"a", "b"} <= {v["id"] for v in first.of("campaign_variations", account_id("acme"))}
    assert {len(found) for found in moments(first).values()} == {1}
    assert max(moments(first)[in_pages]) < min(moments(second)[in_pages])


def test_archived_campaigns_come_too(tap):
    with Sandbox(World.invent(clients=("acme",)), rate_factor=100) as whole_season:
        sync = replace(tap, sandbox=whole_season).sync(only=("campaigns",))
    assert {campaign["archived"] for campaign in sync.records["campaigns"]} == {True, False}


def test_flows_bring_the_messages_of_their_actions(tap, account_id):
    sync = tap.sync(only=("flows", "flow_messages"))
    flows = {flow["id"] for flow in sync.of("flows", account_id("koala"))}
    assert {m["flow_id"] for m in sync.of("flow_messages", account_id("koala"))} == flows != set()


def test_the_second_run_reads_the_look_back_and_keeps_the_bookmark_at_the_windows_end(
    tap, world, account_id
):
    first = tap.sync()
    second = tap.sync(state=first.state)
    for client in ("acme", "koala"):
        log = second.logged(client, "events")
        start, end = (datetime.fromisoformat(log[f"window_{side}"]) for side in ("start", "end"))
        before = datetime.fromisoformat(
            first.bookmark("events", account_id(client))["replication_key_value"]
        )
        zone = world.accounts[client].brand.zone
        assert start == midnight(local_day(before - timedelta(days=7), zone), zone)
        assert (
            second.bookmark("events", account_id(client))["replication_key_value"]
            == log["window_end"]
        )
        assert end > before
    assert len(second.records["events"]) < len(first.records["events"]) / 2
    assert "campaign_variations" not in second.records or len(
        second.records["campaign_variations"]
    ) < len(first.records["campaign_variations"])


def test_a_future_dated_event_neither_comes_early_nor_moves_the_bookmark(tap, sandbox, account_id):
    future = sandbox.add_event("acme", "Placed Order", datetime.now() + timedelta(days=30))  # noqa: DTZ005 - the shop's own wall clock
    sync = tap.sync(only=("events",))
    assert future.id not in {event["id"] for event in sync.of("events", account_id("acme"))}
    bookmark = sync.bookmark("events", account_id("acme"))["replication_key_value"]
    assert bookmark == sync.logged("acme", "events")["window_end"]


def test_a_late_event_is_found_again_within_the_look_back(tap, sandbox, account_id):
    first = tap.sync(only=("events",))
    late = sandbox.add_event("acme", "Placed Order", datetime.now() - timedelta(days=5), cents=999)  # noqa: DTZ005 - the shop's own wall clock
    second = tap.sync(only=("events",), state=first.state)
    [event] = [e for e in second.of("events", account_id("acme")) if e["id"] == late.id]
    assert event["value"] == 9.99


def test_a_brand_added_later_gets_its_history_while_the_others_read_what_is_new(
    tap, sandbox, world, account_id
):
    first = tap.sync(only=("events",))
    sandbox.add_client("fjord")
    second = tap.sync(only=("events",), state=first.state)
    assert len(second.of("events", account_id("fjord"))) == len(world.accounts["fjord"].by_id)
    new, all_of_it = (len(s.of("events", account_id("acme"))) for s in (second, first))
    assert new < all_of_it / 2


def test_a_series_never_read_before_gets_its_history_whatever_the_bookmark_says(tap, account_id):
    first = tap.sync(only=("metric_aggregates",))
    extra = [{"metric": "Placed Order", "by": ["$attributed_channel"]}]
    second = tap.sync(only=("metric_aggregates",), state=first.state, breakdowns=extra)
    days: dict[str, set[str]] = defaultdict(set)
    for row in second.of("metric_aggregates", account_id("acme")):
        days[row["breakdown"]].add(row["date"])
    assert len(days["total"]) <= 16
    assert len(days["$attributed_channel"]) > 20


def test_a_start_date_moved_back_is_read_from_there_once(tap, account_id):
    late = (datetime.now() - timedelta(days=10)).date().isoformat()  # noqa: DTZ005 - a date will do
    early = (datetime.now() - timedelta(days=40)).date().isoformat()  # noqa: DTZ005 - a date will do
    first = tap.sync(only=("events",), start_date=late)
    second = tap.sync(only=("events",), start_date=early, state=first.state)
    third = tap.sync(only=("events",), start_date=early, state=second.state)
    sizes = [len(sync.of("events", account_id("acme"))) for sync in (first, second, third)]
    assert sizes[1] > sizes[0]
    assert sizes[1] > sizes[2]


@pytest.mark.parametrize("stream", ["metric_aggregates", "metric_aggregate_reads"])
def test_a_stream_read_along_can_be_selected_alone(tap, stream):
    sync = tap.sync(only=(stream,))
    assert set(sync.records) == {stream, "sync_log"}
    again = tap.sync(only=(stream,), state=sync.state)
    assert 0 < len(again.records[stream]) <= len(sync.records[stream])
