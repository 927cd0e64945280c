"""What the API serves adds up to what the world says has happened."""

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest


def local_day(instant, zone):
    return datetime.fromisoformat(instant).astimezone(zone).date()


@pytest.fixture
def zone(world, client):
    return ZoneInfo(world.accounts[client].brand.timezone)


@pytest.fixture
def names(reader, client):
    """Metric names by id; the truth names the integration of the second of two equal names."""
    found = {}
    for metric in sorted(reader(client).all("/metrics"), key=is_from_the_api):
        name = metric["attributes"]["name"]
        found[metric["id"]] = f"{name} [API]" if name in found.values() else name
    return found


def is_from_the_api(metric):
    return metric["attributes"]["integration"]["key"] == "api"


@pytest.fixture
def known(world, client):
    return {
        (day, name): numbers
        for day, metrics in world.truth.totals(client).items()
        for name, numbers in metrics.items()
    }


def test_events_grouped_by_local_day_equal_the_truth(reader, client, zone, names, known):
    counts, people, money = defaultdict(int), defaultdict(set), defaultdict(Decimal)
    for event in reader(client).all("/events", **{"page[size]": 1000, "sort": "datetime"}):
        metric = names[event["relationships"]["metric"]["data"]["id"]]
        key = (local_day(event["attributes"]["datetime"], zone), metric)
        counts[key] += 1
        people[key].add(event["relationships"]["profile"]["data"]["id"])
        value = event["attributes"]["event_properties"].get("$value", 0)
        money[key] += Decimal(str(value))

    assert {
        key: {"count": counts[key], "unique": len(people[key]), "sum_value": money[key]}
        for key in counts
    } == known


def test_aggregates_by_day_equal_the_truth(reader, world, client, names, known):
    zone = world.accounts[client].brand.zone
    served = {}
    for metric_id, name in names.items():
        answer = reader(client).post(
            "/metric-aggregates",
            "metric-aggregate",
            metric_id=metric_id,
            measurements=["count", "unique", "sum_value"],
            filter=["greater-or-equal(datetime,2026-10-01)", "less-than(datetime,2026-11-22)"],
            interval="day",
            timezone=zone.key,
        )
        found = answer.json()["data"]["attributes"]
        days = [local_day(instant, zone) for instant in found["dates"]]
        assert days == [world.first_day + timedelta(days=n) for n in range(52)]
        numbers = found["data"][0]["measurements"]
        for instant, *values in zip(found["dates"], *numbers.values(), strict=True):
            day = dict(zip(numbers, values, strict=True))
            if day["count"]:
                day["sum_value"] = Decimal(str(day["sum_value"]))
                served[local_day(instant, zone), name] = day

    assert served == known


def test_daily_rows_have_every_day_once_and_add_up_to_the_totals(world, client):
    rows = world.truth.daily_client_metrics(client)
    days = [row["date_day"] for row in rows]
    last = world.accounts[client].last_day

    assert days == [world.first_day + timedelta(days=n) for n in range(len(days))]
    assert days[-1] == last
    totals = world.truth.totals(client)
    delivered = sum(day.get("Received Email", {"count": 0})["count"] for day in totals.values())
    assert sum(row["email_delivered"] for row in rows) == delivered
    assert all(
        row["attributed_revenue"] == row["campaign_revenue"] + row["flow_revenue"] for row in rows
    )


def test_a_day_is_the_brands_own(reader, world):
    """An event of a Sydney morning lies on the day before in UTC."""
    zone = ZoneInfo("Australia/Sydney")
    events = reader("koala").get("/events", **{"page[size]": 1000})["data"]
    stamps = [event["attributes"]["datetime"] for event in events]

    assert any(local_day(stamp, zone) != local_day(stamp, ZoneInfo("UTC")) for stamp in stamps)
    assert world.accounts["koala"].last_day == local_day(world.until.isoformat(), zone)
