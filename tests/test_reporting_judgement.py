"""What the tables make of the numbers, against the plot of the fictional brands."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from statistics import median
from typing import Any

import pytest

from demo.earlier import two_days_before
from tests.conftest import CLIENTS, is_machine

DAY = timedelta(days=1)
WINDOW = 28


@pytest.mark.parametrize("client", CLIENTS)
def test_a_bad_send_is_told_once(ask, world, client):
    account = world.accounts[client]
    bad = account.first_day + account.brand.plot.bad_send * DAY
    (told,) = ask(
        "select * from analytics.metric_anomalies where client = %(client)s "
        "and channel = 'email' and kpi = 'bounce_rate'",
        client,
    )

    assert bad <= told["date_day"] < bad + 7 * DAY
    assert told["size"] > 4, "five times as many bounces as usual"
    assert not told["is_good"]
    assert bad <= told["ended_on"] < bad + 14 * DAY


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


def _sums(world: Any, client: str, last: date) -> dict[str, Any]:
    """The truth of the days up to one, added up."""
    first = last - (WINDOW - 1) * DAY
    days = [
        row for row in world.truth.daily_client_metrics(client) if first <= row["date_day"] <= last
    ]
    return {
        name: sum(row[name] for row in days)
        for name in days[0]
        if name.startswith(("email", "orders"))
    }


def _share(account: Any, metric: str, last: date) -> float:
    """Of the deliveries of the window, those with a response by its end, not by machine."""
    deliveries: dict[tuple[str, str | None], set[date]] = defaultdict(set)
    for event in account.events:
        if event.metric == "received":
            deliveries[event.profile, event.properties.get("$message")].add(event.day)
    answered = set()
    for event in account.events:
        if event.metric == metric and not is_machine(event) and event.day <= last:
            message = event.profile, event.properties.get("$message")
            before = [day for day in deliveries[message] if day <= event.day]
            answered |= {(message, max(before))} if before else set()
    first = last - (WINDOW - 1) * DAY
    delivered = sum(first <= day <= last for days in deliveries.values() for day in days)
    return sum(first <= day <= last for _, day in answered) / delivered


@pytest.mark.parametrize("client", CLIENTS)
def test_health_rests_on_the_rates_of_the_last_28_days(ask, world, client):
    account = world.accounts[client]
    for days_later in (3, 40):
        last = account.first_day + (account.brand.plot.bad_send + days_later) * DAY
        (row,) = [
            row
            for row in ask(
                "select * from analytics.client_health where client = %(client)s", client
            )
            if row["date_day"] == last
        ]
        sums = _sums(world, client, last)
        delivered = sums["email_delivered"]
        there = {
            "spam_complaint_rate": _share(account, "spam", last),
            "bounce_rate": sums["email_bounced"] / (delivered + sums["email_bounced"]),
            "unsubscribe_rate": _share(account, "unsubscribed", last),
            "click_rate": _share(account, "clicked", last),
            "human_open_rate": _share(account, "opened", last),
        }
        assert row["delivered_28d"] == delivered
        assert {name: float(row[name]) for name in there} == pytest.approx(there, abs=1e-6)


def test_a_portfolio_weighs_its_clients_and_names_the_one_in_the_middle(loaded, world):
    last = world.first_day + 80 * DAY
    rows = loaded.project.database.rows(
        "select * from analytics.portfolio_daily where date_day = %(last)s", last=last
    )
    here = {row["kpi"]: row for row in rows}
    sums = {client: _sums(world, client, last) for client in CLIENTS}

    def rate(
        part: Callable[[dict[str, Any]], int], whole: Callable[[dict[str, Any]], int]
    ) -> tuple[float, float]:
        together = sum(map(part, sums.values())) / sum(map(whole, sums.values()))
        return together, median(part(s) / whole(s) for s in sums.values())

    bounces = rate(
        lambda s: s["email_bounced"], lambda s: s["email_delivered"] + s["email_bounced"]
    )
    together, middle = bounces
    assert float(here["bounce_rate"]["weighted_value"]) == pytest.approx(together, abs=1e-6)
    assert float(here["bounce_rate"]["median_value"]) == pytest.approx(middle, abs=1e-6)
    leaving = [_share(world.accounts[client], "unsubscribed", last) for client in CLIENTS]
    middle = median(leaving)
    assert float(here["unsubscribe_rate"]["median_value"]) == pytest.approx(middle, abs=1e-6)
    assert here["orders"]["total"] == sum(s["orders"] for s in sums.values())
    fewest = min(sums, key=lambda client: sums[client]["orders"])
    assert here["orders"]["worst_client"] == fewest


@pytest.mark.parametrize("client", CLIENTS)
def test_a_restatement_tells_what_was_known_before_and_what_is_known_now(ask, world, client):
    earlier, _ = two_days_before(world)
    before = {row["date_day"]: row for row in earlier.truth.daily_client_metrics(client)}
    now = {row["date_day"]: row for row in world.truth.daily_client_metrics(client)}
    rows = ask("select * from analytics.restatements where client = %(client)s", client)
    here = {(row["date_day"], row["metric"]): row for row in rows}

    there = {
        (day, name): (before[day][name], now[day][name])
        for day in before
        for name in now[day]
        if before[day][name] != now[day][name]
    }
    changed = {
        key: (row["old_value"], row["new_value"])
        for key, row in here.items()
        if row["old_value"] is not None
    }
    assert there
    assert {key: there[key] for key in there if key[0] < max(before)} == {
        key: values for key, values in changed.items() if key[0] < max(before)
    }
    assert {row["kind"] for row in rows} <= {"expected", "filling"}
