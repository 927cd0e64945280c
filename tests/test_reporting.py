"""The reporting tables against what the fictional brands are known to have done."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from psycopg import sql

from tests.conftest import CLIENTS, is_machine

DAY = timedelta(days=1)
ACTIONS = {"received": "recipients", "opened": "openers", "clicked": "clickers"}
COUNTED = {
    "email": {
        "received": "delivered",
        "opened": "opens",
        "clicked": "clicks",
        "bounced": "bounced",
        "spam": "spam_complaints",
        "unsubscribed": "unsubscribes",
        "subscribed": "subscribes",
    },
    "sms": {"sms_received": "delivered", "sms_clicked": "clicks"},
}

MACHINES = {
    "Bot Click": "bot_clicks",
    "Apple Privacy Open": "apple_opens",
    "machine_open": "machine_opens",
}


def _people_by_day(events: Iterable[Any]) -> dict[tuple[str, str], dict[date, set[str]]]:
    """People by (channel, column) and day."""
    people: dict[tuple[str, str], dict[date, set[str]]] = defaultdict(lambda: defaultdict(set))
    for event in events:
        channel = "sms" if event.metric.startswith("sms_") else "email"
        column = ACTIONS.get(event.metric.removeprefix("sms_"))
        if event.metric == "order":
            people["all", "buyers"][event.day].add(event.profile)
        if column is None:
            continue
        human = [] if column == "recipients" or is_machine(event) else [f"human_{column}"]
        for name in [column, *human]:
            people[channel, name][event.day].add(event.profile)
            people["all", name][event.day].add(event.profile)
    return people


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("window", [7, 28, 90])
def test_people_of_a_window_are_exactly_those_who_did_it_in_the_window(ask, world, client, window):
    account = world.accounts[client]
    people = _people_by_day(account.events)
    rows = ask("select * from analytics.rolling_client_metrics where client = %(client)s", client)
    rows = [row for row in rows if row["window_days"] == window]

    assert len(rows) > 300
    wrong = []
    for row in rows:
        days = [row["date_day"] - number * DAY for number in range(window)]
        for (channel, column), by_day in people.items():
            if channel != row["channel"]:
                continue
            # People are known of windows that were read from beginning to end.
            is_whole = days[-1] >= account.first_day and row["date_day"] < account.last_day
            there = (
                len(set().union(*(by_day.get(day, set()) for day in days))) if is_whole else None
            )
            here = row[f"unique_{column}"]
            if here != there:
                wrong.append((str(row["date_day"]), channel, column, here, there))
    assert not wrong, f"{len(wrong)} differ: {wrong[:8]}"


@pytest.mark.parametrize("client", CLIENTS)
def test_channels_count_what_happened_in_them(ask, world, client):
    there: Counter[tuple[date, str, str]] = Counter()
    for event in world.accounts[client].events:
        for channel, columns in COUNTED.items():
            if event.metric in columns:
                there[event.day, channel, columns[event.metric]] += 1
                for name in MACHINES.keys() & event.properties.keys():
                    there[event.day, channel, MACHINES[name]] += bool(event.properties[name])
    rows = ask("select * from analytics.daily_channel_metrics where client = %(client)s", client)

    columns = {*COUNTED["email"].values(), *MACHINES.values()}
    wrong = [
        (str(row["date_day"]), row["channel"], column, row[column])
        for row in rows
        for column in columns
        if (row[column] or 0) != there[row["date_day"], row["channel"], column]
    ]
    assert rows
    assert not wrong, f"{len(wrong)} differ: {wrong[:8]}"


@pytest.mark.parametrize("client", CLIENTS)
def test_the_steps_in_the_shop_are_those_of_the_brand(ask, world, client):
    totals = world.truth.totals(client)
    rows = ask("select * from analytics.store_funnel where client = %(client)s", client)
    steps = {
        "products_viewed": "Viewed Product", "checkouts": "Checkout Started",
        "orders": "Placed Order",
    }  # fmt: skip
    nothing = {"count": 0, "unique": 0}
    wrong = [
        (str(row["date_day"]), step)
        for row in rows
        for step, name in steps.items()
        for there in (totals.get(row["date_day"], {}).get(name, nothing),)
        if (row[step], row[f"{step}_people"]) != (there["count"], there["unique"])
    ]
    assert sum(row["products_viewed"] for row in rows) > 1000
    assert {row["carts"] for row in rows} == {None}
    assert not wrong, f"{len(wrong)} differ: {wrong[:8]}"


def test_what_was_counted_in_two_places_agrees(loaded):
    rows = loaded.project.database.rows(
        "select comparison, status, count(*)::int as rows from analytics.reconciliation "
        "group by 1, 2"
    )
    statuses: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        statuses[row["comparison"]].add(row["status"])

    assert statuses["events_against_aggregates"] == {"ok"}
    assert statuses["channels_against_client"] == {"ok"}
    assert statuses["messages_against_client"] == {"ok"}
    assert statuses["touches_against_client"] == {"ok"}


def test_every_table_has_rows(loaded):
    tables = loaded.project.database.rows(
        "select table_name from information_schema.tables where table_schema = 'analytics'"
    )
    counts = {
        table["table_name"]: loaded.project.database.value(
            sql.SQL("select count(*) from {}").format(
                sql.Identifier("analytics", table["table_name"])
            )
        )
        for table in tables
    }
    assert len(counts) == 33
    assert not [name for name, count in counts.items() if not count]


def test_the_hard_rules_hold_on_invented_rows(loaded, dbt):
    dbt(loaded.project.database, "test", "--select", "test_type:unit")
