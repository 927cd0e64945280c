"""Messages and mailbox providers against what the brands are known to have done."""

from collections import Counter, defaultdict
from datetime import date
from typing import Any

import pytest

from tests.conftest import CLIENTS, is_machine

# Events of the sandbox by the column that counts them, and columns that a text does not have.
COUNTED = {
    "received": "delivered",
    "opened": "opens",
    "clicked": "clicks",
    "bounced": "bounced",
    "spam": "spam_complaints",
    "unsubscribed": "unsubscribes",
    "sms_received": "delivered",
    "sms_clicked": "clicks",
}
NOT_OF_TEXTS = {"opens", "spam_complaints"}


def _happened(account: Any) -> dict[tuple[str, date], Counter[str]]:
    """What happened to each message on each day, by column."""
    happened: dict[tuple[str, date], Counter[str]] = defaultdict(Counter)
    for event in account.events:
        message = event.properties.get("$message")
        if message and event.metric in COUNTED:
            happened[message, event.day][COUNTED[event.metric]] += 1
    return happened


@pytest.mark.parametrize("table", ["daily_message_metrics", "flow_metrics"])
@pytest.mark.parametrize("client", CLIENTS)
def test_a_messages_day_counts_what_happened_to_it(ask, world, client, table):
    there = _happened(world.accounts[client])
    rows = ask(f"select * from analytics.{table} where client = %(client)s", client)  # noqa: S608
    messages = {row["message_id"] for row in rows}
    here = {(row["message_id"], row["date_day"]): row for row in rows}

    wrong = [
        (key, column, row[column], there[key][column])
        for key, row in here.items()
        for column in {*COUNTED.values()}
        if row[column] != (None if _is_strange(row, column) else there[key][column])
    ]
    assert not wrong, f"{len(wrong)} differ: {wrong[:8]}"
    assert not [key for key in there if key[0] in messages and key not in here]
    assert len(messages) >= 4


def _is_strange(row: dict[str, Any], column: str) -> bool:
    return row["channel"] == "sms" and column in NOT_OF_TEXTS


@pytest.mark.parametrize("client", CLIENTS)
def test_a_campaigns_people_are_counted_once_however_often_they_open(ask, world, client):
    people: dict[tuple[str, str], set[str]] = defaultdict(set)
    for event in world.accounts[client].events:
        column = {"opened": "opens", "clicked": "clicks"}.get(event.metric.removeprefix("sms_"))
        if column:
            message = event.properties["$message"]
            people[message, f"unique_{column}"].add(event.profile)
            if not is_machine(event):
                people[message, f"human_unique_{column}"].add(event.profile)
    rows = ask(
        "select * from analytics.campaign_metrics where client = %(client)s and delivered > 0",
        client,
    )

    def there(row: dict[str, Any], name: str) -> int | None:
        is_known = row["channel"] == "email" or "opens" not in name  # a text is not opened
        return len(people[row["message_id"], name]) if is_known else None

    assert len(rows) > 20
    names = ("unique_opens", "unique_clicks", "human_unique_opens", "human_unique_clicks")
    assert not [
        (row["message_name"], name, row[name], there(row, name))
        for row in rows
        for name in names
        if row[name] != there(row, name)
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
