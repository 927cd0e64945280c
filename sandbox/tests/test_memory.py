"""The sandbox remembers: what is changed meanwhile shows in the API and in the truth."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from sandbox import World

DAY = date(2026, 11, 14)
NOON = datetime.fromisoformat("2026-11-14T12:00")


@pytest.fixture
def account(own):
    return own.world.accounts["acme"]


def row(own, day=DAY):
    rows = own.world.truth.daily_client_metrics("acme")
    return next(row for row in rows if row["date_day"] == day)


def orders(acme, account, by=()):
    """Count and money of the day's orders, by group."""
    answer = acme.post(
        "/metric-aggregates",
        "metric-aggregate",
        metric_id=account.metrics["order"].id,
        measurements=["count", "sum_value"],
        filter=[f"greater-or-equal(datetime,{DAY})", f"less-than(datetime,{DAY + timedelta(1)})"],
        by=list(by),
        timezone="America/New_York",
    )
    return {
        tuple(group["dimensions"]): (
            group["measurements"]["count"][0],
            Decimal(str(group["measurements"]["sum_value"][0])),
        )
        for group in answer.json()["data"]["attributes"]["data"]
    }


def served(acme, event):
    """The event as the API shows it."""
    events = acme.all("/events", include="attributions", **{"page[size]": 1000})
    return next(one for one in events if one["id"] == event.id)


def served_credits(acme, order):
    """What the API says an order is credited to."""
    return served(acme, order)["relationships"]["attributions"]["data"]


def served_value(acme, event):
    return served(acme, event)["attributes"]["event_properties"]["$value"]


def test_a_late_event_takes_its_place_by_its_own_time(own, acme, account):
    before, [(count, money)] = row(own), orders(acme, account).values()
    event = own.add_event("acme", "Placed Order", NOON, cents=1250, properties={"Source": "till"})

    assert row(own)["orders"] == before["orders"] + 1
    assert row(own)["revenue"] == before["revenue"] + Decimal("12.50")
    assert orders(acme, account) == {(): (count + 1, money + Decimal("12.50"))}
    shown = served(acme, event)["attributes"]
    assert shown["datetime"] == "2026-11-14T17:00:00+00:00"
    assert shown["event_properties"]["$value"] == 12.5
    assert shown["event_properties"]["Source"] == "till"


def test_a_future_event_is_served_at_once_and_counts_when_its_time_has_come(own, acme):
    until = own.world.until
    event = own.add_event(
        "acme", "Placed Order", datetime.fromisoformat("2026-11-21T12:00"), cents=100
    )
    day = date(2026, 11, 21)

    newest = acme.get("/events")["data"][0]
    assert newest["id"] == event.id
    assert all(row["date_day"] < day for row in own.world.truth.daily_client_metrics("acme"))
    assert day not in own.world.truth.totals("acme")

    undisturbed = World.invent(until=until, clients=("acme",), first_day=own.world.first_day)
    later = until + timedelta(days=2)
    undisturbed.advance(later)
    own.advance(later)
    [without] = [
        row
        for row in undisturbed.truth.daily_client_metrics("acme")
        if row["date_day"] == day
    ]  # fmt: skip
    assert row(own, day)["orders"] == without["orders"] + 1
    assert row(own, day)["revenue"] == without["revenue"] + 1


def test_a_restated_order_changes_its_group_and_the_old_one_vanishes(own, acme, account):
    click = next(e for e in account.by_metric["clicked"] if "$flow" in e.properties)
    order = own.add_event("acme", "Placed Order", NOON, cents=500, credited_to=click.id)
    by = ("$attributed_message", "$attributed_flow")
    key = (click.properties["$message"], click.properties["$flow"])
    credited = orders(acme, account, by)
    before = row(own)
    assert [one["id"] for one in served_credits(acme, order)] == [order.attribution.id]

    own.restate("acme", order.id, None)

    after = orders(acme, account, by)
    count, money = credited[key]
    assert after.get(key, (0, 0)) == (count - 1, money - 5)
    assert (key in after) == (count > 1)
    assert row(own)["attributed_orders"] == before["attributed_orders"] - 1
    assert row(own)["flow_revenue"] == before["flow_revenue"] - 5
    assert row(own)["revenue"] == before["revenue"]
    assert served_credits(acme, order) == []


def test_a_corrected_value_shows_everywhere(own, acme, account):
    order = own.add_event("acme", "Placed Order", NOON, cents=500)
    [(count, money)] = orders(acme, account).values()
    before = row(own)
    assert served_value(acme, order) == 5

    own.change_value("acme", order.id, 700)

    assert served_value(acme, order) == 7
    assert orders(acme, account) == {(): (count, money + 2)}
    assert row(own)["revenue"] == before["revenue"] + 2


def test_a_removed_event_is_gone(own, acme, account):
    order = own.add_event("acme", "Placed Order", NOON, cents=500)
    before, [(count, _)] = row(own), orders(acme, account).values()

    own.remove_event("acme", order.id)

    assert row(own)["orders"] == before["orders"] - 1
    assert orders(acme, account)[()][0] == count - 1
    assert order.id not in {event["id"] for event in acme.all("/events", **{"page[size]": 1000})}
    with pytest.raises(KeyError):
        own.remove_event("acme", order.id)


def test_a_renamed_metric_keeps_its_id_and_its_events(own, acme, account):
    before = row(own)
    ident = account.metrics["sms_received"].id
    own.rename_metric("acme", "Received Text Message", "Received Text")

    names = {item["id"]: item["attributes"]["name"] for item in acme.all("/metrics")}
    assert names[ident] == "Received Text"
    assert "Received Text Message" not in names.values()
    assert row(own) == before
    with pytest.raises(KeyError):
        own.rename_metric("acme", "Received Text Message", "again")


def test_a_new_account_has_its_whole_season_at_once(own, acme):
    key = own.add_client("fjord")
    acme.key = key

    assert own.accounts[-1] == {"client": "fjord", "api_key": key}
    [account] = acme.get("/accounts")["data"]
    assert account["attributes"]["timezone"] == "Europe/Oslo"
    first = acme.get("/events", sort="datetime")["data"][0]["attributes"]["datetime"]
    assert first.startswith(("2026-11-09T23", "2026-11-10"))
    assert own.world.truth.daily_client_metrics("fjord")[0]["date_day"] == own.world.first_day


def test_a_revoked_key_opens_nothing_until_it_is_restored(own, acme):
    own.deny_scope("acme", "flows:read")
    own.revoke("acme")
    assert acme.ask("GET", "/metrics").status_code == 401

    own.restore("acme")
    assert acme.ask("GET", "/metrics").ok
    assert acme.ask("GET", "/flows").ok


def test_time_that_passes_adds_and_changes_nothing_that_was(own, acme):
    before = own.world.truth.totals("acme")
    shown = {event["id"] for event in acme.all("/events", **{"page[size]": 1000})}

    own.advance(own.world.until + timedelta(days=3))

    after = own.world.truth.totals("acme")
    last = max(before)
    assert {day: numbers for day, numbers in after.items() if day < last} == {
        day: numbers for day, numbers in before.items() if day < last
    }
    assert max(after) == last + timedelta(days=3)
    assert shown < {event["id"] for event in acme.all("/events", **{"page[size]": 1000})}


def test_time_does_not_go_back(own):
    with pytest.raises(ValueError, match="cannot go back"):
        own.advance(own.world.until - timedelta(seconds=1))


def test_every_request_is_written_down(own, acme):
    acme.get("/metrics", filter="equals(integration.name,'API')")
    acme.ask("GET", "/flows", headers={"Authorization": "Klaviyo-API-Key wrong"})

    first, second = own.requests
    good = (first.method, first.path, first.client, first.status)
    assert good == ("GET", "/metrics", "acme", 200)
    assert first.query.startswith("filter=")
    assert (second.path, second.client, second.status) == ("/flows", "", 401)
