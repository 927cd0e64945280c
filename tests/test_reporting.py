"""The reporting tables against what the invented brands are known to have done."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from psycopg import sql

DAY = timedelta(days=1)
CLIENTS = ("acme", "nord", "koala")
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


@pytest.fixture(scope="module")
def ask(loaded):
    """Rows of a query on the tables of one brand."""

    def ask(query: str, client: str) -> list[dict[str, Any]]:
        return loaded.project.database.rows(query, client=client)

    return ask


def _is_machine(event: Any) -> bool:
    return bool(event.properties.get("Bot Click") or event.properties.get("Apple Privacy Open"))


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
        human = [] if column == "recipients" or _is_machine(event) else [f"human_{column}"]
        for name in [column, *human]:
            people[channel, name][event.day].add(event.profile)
            people["all", name][event.day].add(event.profile)
    return people


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("window", [7, 28, 90])
def test_people_of_a_window_are_exactly_those_who_did_it_in_the_window(ask, world, client, window):
    people = _people_by_day(world.accounts[client].events)
    rows = ask("select * from analytics.rolling_client_metrics where client = %(client)s", client)
    rows = [row for row in rows if row["window_days"] == window]

    assert len(rows) > 300
    wrong = []
    for row in rows:
        days = [row["date_day"] - number * DAY for number in range(window)]
        for (channel, column), by_day in people.items():
            if channel != row["channel"]:
                continue
            there = len(set().union(*(by_day.get(day, set()) for day in days)))
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
                if event.metric.endswith("clicked") and event.properties.get("Bot Click"):
                    there[event.day, channel, "bot_clicks"] += 1
                if event.properties.get("Apple Privacy Open"):
                    there[event.day, channel, "apple_opens"] += 1
    rows = ask("select * from analytics.daily_channel_metrics where client = %(client)s", client)

    columns = {*COUNTED["email"].values(), "bot_clicks", "apple_opens"}
    wrong = [
        (str(row["date_day"]), row["channel"], column, row[column])
        for row in rows
        for column in columns
        if (row[column] or 0) != there[row["date_day"], row["channel"], column]
    ]
    assert rows
    assert not wrong, f"{len(wrong)} differ: {wrong[:8]}"


@pytest.mark.parametrize("client", CLIENTS)
def test_a_campaigns_people_are_counted_once_however_often_they_open(ask, world, client):
    people: dict[tuple[str, str], set[str]] = defaultdict(set)
    for event in world.accounts[client].events:
        column = {"opened": "opens", "clicked": "clicks"}.get(event.metric.removeprefix("sms_"))
        if column:
            message = event.properties["$message"]
            people[message, f"unique_{column}"].add(event.profile)
            if not _is_machine(event):
                people[message, f"human_unique_{column}"].add(event.profile)
    rows = ask(
        "select * from analytics.campaign_metrics where client = %(client)s and delivered > 0",
        client,
    )

    assert len(rows) > 20
    names = ("unique_opens", "unique_clicks", "human_unique_opens", "human_unique_clicks")
    assert not [
        (row["message_name"], name, row[name], len(people[row["message_id"], name]))
        for row in rows
        for name in names
        if row[name] != len(people[row["message_id"], name])
    ]


@pytest.mark.parametrize("client", CLIENTS)
def test_messages_get_the_money_that_klaviyo_credits_to_them(ask, world, client):
    cents: Counter[str] = Counter()
    orders: Counter[str] = Counter()
    for event in world.accounts[client].events:
        if event.metric == "order" and event.attribution is not None:
            cents[event.attribution.message_id] += event.cents
            orders[event.attribution.message_id] += 1
    rows = ask(
        "select message_id, sum(attributed_orders)::int as orders, "
        "(sum(attributed_revenue) * 100)::int as cents from analytics.daily_message_metrics "
        "where client = %(client)s group by 1",
        client,
    )

    assert {row["message_id"]: row["orders"] for row in rows if row["orders"]} == orders
    assert {row["message_id"]: row["cents"] for row in rows if row["cents"]} == cents


@pytest.mark.parametrize("client", CLIENTS)
def test_providers_get_what_was_sent_to_them(ask, world, client):
    there: Counter[tuple[str, str]] = Counter()
    for event in world.accounts[client].events:
        provider = event.properties.get("Inbox Provider", "")
        if event.metric == "received":
            there[provider, "delivered"] += 1
        if event.metric == "bounced":
            there[provider, "bounced"] += 1
            there[provider, f"{event.properties['Bounce Type'].lower()}_bounced"] += 1
    rows = ask(
        "select inbox_provider, sum(delivered)::int as delivered, sum(bounced)::int as bounced, "
        "sum(hard_bounced)::int as hard_bounced, sum(soft_bounced)::int as soft_bounced "
        "from analytics.daily_deliverability where client = %(client)s group by 1",
        client,
    )

    here = {
        (row["inbox_provider"], name): row[name]
        for row in rows
        for name in ("delivered", "bounced", "hard_bounced", "soft_bounced")
        if row[name]
    }
    assert here == there


@pytest.mark.parametrize("client", CLIENTS)
def test_a_bad_send_is_found(ask, world, client):
    account = world.accounts[client]
    bad = account.first_day + account.brand.plot.bad_send * DAY
    rows = ask(
        "select * from analytics.metric_anomalies where client = %(client)s "
        "and channel = 'email' and kpi = 'bounce_rate' order by date_day",
        client,
    )

    found = [row for row in rows if bad <= row["date_day"] < bad + 7 * DAY]
    assert found, "the anomaly is missing"
    assert found[0]["actual"] > 5 * found[0]["expected"]
    assert not found[0]["is_good"]
    assert not [row for row in rows if row not in found], "no other send was that bad"


@pytest.mark.parametrize("client", CLIENTS)
def test_a_bad_send_is_felt_in_health_and_the_reason_says_so(ask, world, client):
    account = world.accounts[client]
    bad = account.first_day + account.brand.plot.bad_send * DAY
    health = {
        row["date_day"]: row
        for row in ask("select * from analytics.client_health where client = %(client)s", client)
    }

    before, after = health[bad - DAY], health[bad + 3 * DAY]
    assert before["score"] >= 75
    assert after["score"] < 75
    assert after["cap"] == 74
    assert after["bounce_score"] < before["bounce_score"]
    assert "spam complaints" in after["reason"]
    assert "bounces" in after["reason"]
    assert health[bad + 40 * DAY]["score"] >= 75, "28 days later it is forgotten"


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
    assert len(counts) == 17
    assert not [name for name, count in counts.items() if not count]


def test_the_hard_rules_hold_on_invented_rows(loaded, dbt):
    dbt(loaded.project.database, "test", "--select", "test_type:unit")
