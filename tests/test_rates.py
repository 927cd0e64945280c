"""A rate is a share of the deliveries that it speaks of, whatever a brand's pattern of sending."""

import random
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from psycopg import sql

from tests.invented import DAY, Brand, load

FIRST = date(2025, 6, 1)
DAYS = 150
# Shares of people, and of the messages that reached them. Of orders there may be more than people,
# and a person whose program shows no images clicks without opening.
NO_SHARE = {"click_to_open_rate", "order_rate", "reporting_rate"}
# Openings on the days after a send.
TAIL = (300, 60, 30, 15, 10, 8, 6, 5, 5, 4, 4, 3, 3, 3)


def _brand(account: str, days: int = DAYS, **more: Any) -> Brand:
    until = datetime(FIRST.year, FIRST.month, FIRST.day) + days * DAY  # noqa: DTZ001
    return Brand(account, FIRST, until, **more)


@pytest.fixture
def build(server: Any, dbt: Callable[..., str]) -> Callable[..., Any]:
    """Loads brands into a database of their own and builds the tables: `build("name", brands)`."""

    def make(name: str, brands: list[Brand]) -> Any:
        server.execute(f'drop database if exists "{name}"')
        server.execute(f'create database "{name}"')
        database = type(server)({**server.env, "PGDATABASE": name})
        load(database.dsn, brands)
        dbt(database, "build", "--exclude-resource-type", "test", "unit_test")
        return database

    return make


def _fortnightly() -> Brand:
    """A thousand people every other Sunday, and a small flow every day."""
    brand = _brand("FORTNIGHT", 70, flows={"welcome": "email"})
    for number in range(70):
        day = FIRST + number * DAY
        for person in range(5):
            brand.did("received", f"new{number}-{person}", day, "welcome")
        brand.did("opened", f"new{number}-0", day, "welcome")
    for number in range(0, 70, 14):
        _send_to_all(brand, f"send{number}", FIRST + number * DAY)
    return brand


def _send_to_all(brand: Brand, message: str, day: date) -> None:
    brand.campaigns[message] = (("email",), day)
    for person in range(1000):
        brand.did("received", f"p{person}", day, message)
    for later, people in enumerate(TAIL):
        for person in range(sum(TAIL[:later]), sum(TAIL[:later]) + people):
            brand.did("opened", f"p{person}", day + later * DAY, message)
    for person in range(20):
        brand.did("left", f"p{person}", day + DAY, message)


def test_a_window_without_a_send_counts_no_openings_of_earlier_sends(build):
    database = build("fortnight", [_fortnightly()])
    rows = database.rows("""
        select date_day, open_rate, unsubscribe_rate, delivered from
        analytics.rolling_client_metrics where channel = 'email' and window_days = 7
    """)
    by_day = {row["date_day"]: row for row in rows}
    # The week after the week after a send: the flow's 35 deliveries, 7 of them opened.
    quiet = by_day[FIRST + 54 * DAY]
    assert (quiet["delivered"], quiet["open_rate"]) == (35, Decimal("0.200000"))
    assert quiet["unsubscribe_rate"] == 0
    # The week of a send: 1,035 delivered, and what of them was opened by its end.
    busy = by_day[FIRST + 48 * DAY]
    assert busy["open_rate"] == round(Decimal(sum(TAIL[:7]) + 7) / 1035, 6)
    assert busy["unsubscribe_rate"] == round(Decimal(20) / 1035, 6)


def _random_brand(account: str, dice: random.Random) -> Brand:
    """Bursts, pauses and flows; responses late, repeated, nameless, or without a delivery."""
    brand = _brand(account, dice.choice([20, 60, DAYS]), has_events=dice.random() < 0.9)
    people = [f"p{number}" for number in range(dice.choice([3, 30, 120]))]
    brand.flows = {"flow1": "email", "flow2": "sms", "flow3": "push"}
    number_of_days = (brand.until.date() - FIRST).days
    for number in range(number_of_days):
        if dice.random() < dice.choice([0.02, 0.2, 0.9]):
            ident = f"m{number}"
            brand.campaigns[ident] = (dice.choice([("email",), ("sms",), ("email", "sms")]),
                                      FIRST + number * DAY)  # fmt: skip
            for person in dice.sample(people, dice.randint(1, len(people))):
                _send(brand, dice, ident, (person, number))
        if dice.random() < 0.5:
            for person in dice.choices(people, k=dice.choice([0, 1, 5])):
                _send(brand, dice, dice.choice(list(brand.flows)), (person, number))
    return brand


_PREFIXES = {"email": "", "sms": "sms_", "push": "push_"}


def _send(brand: Brand, dice: random.Random, ident: str, to: tuple[str, int]) -> None:
    person, day = to
    channels = brand.campaigns[ident][0] if ident in brand.campaigns else (brand.flows[ident],)
    prefix = _PREFIXES[dice.choice(channels)]
    name = "" if dice.random() < 0.1 else ident
    for _ in range(dice.choice([0, 1, 1, 1, 1, 2])):  # lost, as usual, or twice
        brand.did(f"{prefix}received", person, FIRST + day * DAY, name)
    actions = {"": ("opened", "clicked", "spam", "left"), "sms_": ("sms_clicked", "sms_left")}
    for metric in actions.get(prefix, ("push_opened",)):
        for _ in range(dice.choice([0, 0, 1, 3])):
            later = day + min(int(dice.expovariate(0.1)), 120)
            answering = person if dice.random() < 0.9 else f"{person} merged"
            if later < (brand.until.date() - FIRST).days:
                named = "" if dice.random() < 0.2 else name
                machine = {"Apple Privacy Open": dice.random() < 0.3} if "open" in metric else {}
                when = FIRST + later * DAY
                brand.did(metric, answering, when, named, properties=machine)


def _shares(database: Any) -> list[tuple[str, str]]:
    """Tables and columns of `analytics` that are shares of people or of what reached them."""
    rows = database.rows("""
        select table_name, column_name from information_schema.columns
        where table_schema = 'analytics' and column_name like '%%rate'
    """)
    return [
        (row["table_name"], row["column_name"])
        for row in rows
        if row["column_name"] not in NO_SHARE
    ]


PARTS = """
    select * from {table} as t, lateral (select
        greatest(opened_deliveries, clicked_deliveries, complained_deliveries,
            unsubscribed_deliveries) as most) as m
    where most > deliveries or human_opened_deliveries > opened_deliveries
        or human_clicked_deliveries > clicked_deliveries
"""


def _check(build: Callable[..., Any], seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a dice, not a secret
    database = build("rates", [_random_brand(f"B{number}", dice) for number in range(12)])
    shares = _shares(database)
    assert len(shares) > 30
    for table, column in shares:
        query = sql.SQL(
            "select count({column})::int as rows, min({column}) as least, max({column}) as most "
            "from analytics.{table}"
        ).format(column=sql.Identifier(column), table=sql.Identifier(table))
        (row,) = database.rows(query)
        assert row["rows"] == 0 or 0 <= row["least"] <= row["most"] <= 1, (table, column, row)
    for table in ("daily_channel_metrics", "daily_message_metrics", "flow_metrics",
                  "campaign_metrics", "rolling_client_metrics"):  # fmt: skip
        query = sql.SQL(PARTS).format(table=sql.Identifier("analytics", table))
        assert not database.rows(query), table


def test_no_rate_of_people_over_deliveries_exceeds_1_however_a_brand_sends(build):
    _check(build, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 22))
def test_no_rate_exceeds_1_however_a_brand_sends_in_many_worlds(build, seed):
    _check(build, seed=seed)
