"""A brand whose time zone this Postgres does not know: its days are right, and all are built."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from psycopg import sql

from tests.invented import DAY, Brand, load

FIRST = date(2026, 2, 20)  # clocks change in Los Angeles on 8 March
DAYS = 40
OLD, LOST = "US/Pacific-New", "Atlantis/Deep"
CALL_IT = "update tap_klaviyo.{table} set timezone = {name} where account_id = {id}"
TABLES = ("accounts", "metric_aggregates", "metric_aggregate_reads")


def _brand(account: str, timezone: str) -> Brand:
    brand = Brand(account, FIRST, datetime(2026, 2, 20) + DAYS * DAY, timezone)  # noqa: DTZ001
    for number in range(DAYS):
        for person in range(number % 5 + 1):
            brand.did("received", f"p{person}", FIRST + number * DAY)
    return brand


@pytest.fixture(scope="module")
def built(server: Any, dbt: Callable[..., str]) -> tuple[Any, str]:
    """Two brands in one zone, one of them by a name of old, and one that is nowhere."""
    server.execute('create database "time_zones"')
    database = type(server)({**server.env, "PGDATABASE": "time_zones"})
    zone = "America/Los_Angeles"
    load(database.dsn, [_brand("PLAIN", zone), _brand("OLD", zone), _brand("LOST", "UTC")])
    for account, name in (("OLD", OLD), ("LOST", LOST)):
        for table in TABLES:
            database.execute(
                sql.SQL(CALL_IT).format(
                    table=sql.Identifier(table), name=sql.Literal(name), id=sql.Literal(account)
                )
            )
    log = dbt(database, "build", "--exclude-resource-type", "unit_test")
    return database, log


def _days(database: Any, account: str) -> list[tuple[Any, ...]]:
    rows = database.rows(
        "select date_day, email_delivered, is_missing from analytics.daily_client_metrics "
        "where account_id = %(account)s order by date_day",
        account=account,
    )
    return [tuple(row.values()) for row in rows]


def test_an_old_name_of_a_zone_gives_the_days_of_the_zone(built):
    database, _ = built
    expected = [(FIRST + n * DAY, n % 5 + 1) for n in range(DAYS)]
    assert [day[:2] for day in _days(database, "PLAIN")][:DAYS] == expected
    assert _days(database, "OLD") == _days(database, "PLAIN")


def test_a_zone_that_no_postgres_knows_stops_no_brand_and_is_told(built):
    database, log = built
    assert [day[:2] for day in _days(database, "LOST")][:DAYS] == [
        (FIRST + n * DAY, n % 5 + 1) for n in range(DAYS)
    ]
    assert "postgres_knows_every_time_zone" in log
