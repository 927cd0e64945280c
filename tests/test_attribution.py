"""What credited orders rest on, and the settings that they follow, planted and found again."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.conftest import CLIENTS
from tests.invented import DAY, Brand, Event, load

FIRST = date(2025, 6, 1)
SWITCHED = FIRST + 90 * DAY
DAYS = 110
# Minutes from a touch to its order, and what it was: credited within five days until the switch,
# within a day and without machines after it.
FIVE_DAYS = (
    ("clicked", {}, 119 * 60 + 58),
    ("clicked", {}, 7),
    ("clicked", {"Bot Click": True}, 45 * 60),
    ("opened", {}, 119 * 60 + 30),
    ("opened", {}, 30 * 60),
    ("opened", {"Apple Privacy Open": True}, 80 * 60),
    ("opened", {"machine_open": True}, 3 * 60),
    ("sms_received", {}, 12 * 60),
)
ONE_DAY = (
    ("clicked", {}, 23 * 60 + 59),
    ("clicked", {}, 7),
    ("clicked", {"Bot Click": True}, 10 * 60),
    ("opened", {}, 23 * 60 + 30),
    ("sms_received", {}, 12 * 60),
)
TOUCHES = {
    "clicked": ("human_click", "bot_click"),
    "opened": ("human_open", "machine_open"),
    "sms_received": ("delivery_only", "delivery_only"),
}


@pytest.fixture(scope="module")
def planted(server: Any, dbt: Callable[..., str]) -> Any:
    server.execute("drop database if exists attribution")
    server.execute("create database attribution")
    database = type(server)({**server.env, "PGDATABASE": "attribution"})
    load(database.dsn, [_brand()])
    dbt(database, "build", "--exclude-resource-type", "test", "unit_test", "--select",
        "+attribution_quality", "+attribution_ladder", "+attribution_settings")  # fmt: skip
    return database


def _brand() -> Brand:
    until = datetime(FIRST.year, FIRST.month, FIRST.day) + DAYS * DAY  # noqa: DTZ001
    brand = Brand("PLANTED", FIRST, until, flows={"mail": "email", "text": "sms"})
    for number in range(6, DAYS):
        day = FIRST + number * DAY
        for place, (metric, properties, minutes) in enumerate(_plan(day)):
            ordered = datetime(day.year, day.month, day.day, 20, place)  # noqa: DTZ001
            message = "text" if metric.startswith("sms") else "mail"
            touched = ordered - timedelta(minutes=minutes)
            touch = f"e{len(brand.events)}"
            brand.events += [
                Event(metric, f"p{number}", touched, message, properties=properties),
                Event("order", f"p{number}", ordered, value=place + 1, touch=touch,
                      credited=(f"flow:{message}",)),
            ]  # fmt: skip
    lost = next(one for one in brand.events if one.touch and one.at.date() == SWITCHED)
    brand.events[brand.events.index(lost)] = Event(
        "order", lost.person, lost.at, value=1, touch="never loaded", credited=("flow:mail",)
    )
    return brand


def _plan(day: date) -> tuple[tuple[str, dict[str, bool], int], ...]:
    return FIVE_DAYS if day < SWITCHED else ONE_DAY


def test_planted_touches_are_found_and_a_lost_one_changes_no_sum(planted):
    there: Counter[tuple[date, str]] = Counter()
    money: Counter[date] = Counter()
    for number in range(6, DAYS):
        day = FIRST + number * DAY
        for place, (metric, properties, _) in enumerate(_plan(day)):
            is_lost = day == SWITCHED and place == 0
            touch = "unknown" if is_lost else TOUCHES[metric][any(properties.values())]
            there[day, touch] += 1
            money[day] += place + 1
    rows = planted.rows("select * from analytics.attribution_quality")
    here: Counter[tuple[date, str]] = Counter()
    found: dict[date, Decimal] = defaultdict(Decimal)
    for row in rows:
        here[row["date_day"], row["touch"]] += row["orders"]
        found[row["date_day"]] += row["revenue"]
    assert here == there
    assert found == money


def test_windows_and_their_switch_are_found_to_the_hour_and_the_day(planted):
    rows = planted.rows("select * from analytics.attribution_settings where channel = 'email'")
    found = {
        row["touch"]: (
            row["is_credited"], row["window_hours"], row["earlier_window_hours"],
            row["changed_on"], row["change"],
        )
        for row in rows
    }  # fmt: skip
    assert found == {
        "human_click": (True, 24, 120, SWITCHED, "shorter window"),
        "bot_click": (True, 10, 45, SWITCHED, "shorter window"),
        "human_open": (True, 24, 120, SWITCHED, "shorter window"),
        "machine_open": (False, None, 80, SWITCHED, "no longer credited"),
        "delivery_only": (False, None, None, None, None),
    }


def test_a_ladder_has_a_rung_for_each_rule(planted):
    (row,) = planted.rows("""
        select * from analytics.attribution_ladder
        where window_days = 7 and date_day = %(day)s
    """, day=SWITCHED - DAY)  # fmt: skip
    # Seven days of eight orders, worth 1 to 8.
    assert row["attributed_revenue"] == 7 * 36
    assert row["without_machines_revenue"] == 7 * (36 - 3 - 6 - 7)
    assert row["clicks_revenue"] == 7 * 3
    assert (row["clicks_24_hours_orders"], row["clicks_24_hours_revenue"]) == (7, 7 * 2)
    assert row["unknown_touch_revenue"] == 0


@pytest.mark.parametrize("client", CLIENTS)
def test_touches_are_those_of_the_brands(ask, world, client):
    rows = ask("select * from analytics.attribution_quality where client = %(client)s", client)
    here = {
        (row["date_day"], row["channel"], row["message_kind"], row["touch"]): {
            "orders": row["orders"], "revenue": row["revenue"],
        }
        for row in rows
    }  # fmt: skip
    assert here == world.truth.attribution_quality(client)
    assert len({key[3] for key in here}) >= 3


def test_the_settings_of_the_brands_are_found(loaded, world):
    rows = loaded.project.database.rows("""
        select * from analytics.attribution_settings where channel = 'email'
    """)
    found = {(row["client"], row["touch"]): row for row in rows}
    for client in CLIENTS:
        for touch in ("human_click", "human_open"):
            assert 96 < found[client, touch]["longest_hours"] <= 120 or client == "nord"
    number, rules = world.accounts["nord"].brand.later_credit
    switched = world.first_day + number * DAY
    opened = found["nord", "machine_open"]
    credited = world.truth.attribution_quality("nord")
    last = max(key[0] for key in credited if key[3] == "machine_open")
    first_without = min(key[0] for key in credited if key[0] > last and key[1] == "email")
    assert (opened["change"], opened["changed_on"]) == ("no longer credited", first_without)
    assert last < switched <= last + 7 * DAY
    assert found["nord", "human_open"]["longest_hours"] <= rules.hours
    assert [found["koala", touch]["is_credited"] for touch in ("bot_click", "machine_open")] == [
        False, False,
    ]  # fmt: skip
    assert {row["change"] for (client, _), row in found.items() if client != "nord"} == {None}
