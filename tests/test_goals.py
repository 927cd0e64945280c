"""Goals against what the brands have done, worked out a second time."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from demo.pipeline import ROOT
from tests.conftest import CLIENTS
from tests.recomputed.numbers import rounded

DAY = timedelta(days=1)
SEED = ROOT / "transform/seeds/goals.csv"


def _goals(client: str) -> dict[str, Decimal]:
    with SEED.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["client"] == client]
    return {row["kpi"]: Decimal(row["target"]) for row in rows}


def _weights(known: dict[date, Any], first: date, days: list[date]) -> list[Fraction]:
    """How large the days of a month are expected to be, of a brand without a year of history."""
    before: dict[int, list[Fraction]] = {number: [] for number in range(7)}
    for number in range(1, 57):
        day = first - number * DAY
        if day in known:
            before[day.weekday()].append(Fraction(known[day]))
    if not all(before.values()) or not sum(map(sum, before.values())):
        return [Fraction(1)] * len(days)
    means = {day: sum(values) / len(values) for day, values in before.items()}
    return [Fraction(means[day.weekday()]) for day in days]


def _paced(known: dict[date, Any], month: date, yesterday: date, target: Decimal) -> list[Any]:
    after = (month + 32 * DAY).replace(day=1)
    days = [month + number * DAY for number in range((after - month).days)]
    weights = _weights(known, month, days)
    passed = sum(day <= yesterday for day in days)
    is_known = all(day in known for day in days[:passed])
    actual = sum(Fraction(known[day]) for day in days[:passed]) if is_known else None
    share = Fraction(sum(weights[:passed])) / sum(weights)
    projected = actual / share if actual is not None and share else None
    return [passed, rounded(actual, 4), rounded(target * share, 4), rounded(projected, 4)]


@pytest.mark.parametrize("client", CLIENTS)
def test_goals_are_paced_by_what_the_brands_have_done(ask, world, client):
    rows = ask("select * from analytics.goal_pacing where client = %(client)s", client)
    columns = ("days_passed", "actual", "expected_by_now", "projected")
    here = {(row["kpi"], row["month"]): [row[one] for one in columns] for row in rows}
    truth = world.truth.daily_client_metrics(client)
    now = world.until.astimezone(world.accounts[client].brand.zone)
    yesterday = now.date() - DAY
    expected = {}
    for kpi, target in _goals(client).items():
        known = {row["date_day"]: row[kpi] for row in truth if row["date_day"] <= yesterday}
        for month in {row["date_day"].replace(day=1) for row in truth}:
            expected[kpi, month] = _paced(known, month, yesterday, Fraction(target))
    assert here == expected
    assert {row["shape"] for row in rows} == {"even", "weekdays"}
    assert all(row["projected_low"] <= row["projected"] <= row["projected_high"]
               for row in rows if row["days_passed"] >= 7)  # fmt: skip
