"""The seed of events against the rules of the calendar, and what became of it for the brands."""

import csv
from datetime import date, timedelta

import pytest
from dateutil.easter import easter

from demo.pipeline import ROOT
from tests.conftest import CLIENTS

DAY = timedelta(days=1)
with (ROOT / "transform/seeds/calendar.csv").open(newline="") as file:
    ROWS = [
        {**row, "first_day": date.fromisoformat(row["first_day"])} for row in csv.DictReader(file)
    ]


def _days(event: str, country: str = "") -> dict[int, date]:
    rows = [row for row in ROWS if (row["event"], row["country"]) == (event, country)]
    return {row["first_day"].year: row["first_day"] for row in rows}


def _nth(weekday: int, number: int, year: int, month: int) -> date:
    days = [date(year, month, day) for day in range(1, 29)]
    return [day for day in days if day.weekday() == weekday][number - 1]


def test_the_calendar_has_moved_holidays_where_they_are():
    assert _days("Black Friday")[2026] == date(2026, 11, 27)
    for year, day in _days("Black Friday").items():
        assert day == _nth(3, 4, year, 11) + DAY
        assert _days("Cyber Monday")[year] == day + 3 * DAY
        assert _days("Singles' Day")[year] == date(year, 11, 11)
        assert _days("Valentine's Day")[year] == date(year, 2, 14)
        assert _days("Easter")[year] == easter(year) - 2 * DAY
        assert _days("Mother's Day", "GB")[year] == easter(year) - 21 * DAY
        assert _days("Mother's Day", "NO")[year] == _nth(6, 2, year, 2)
        assert _days("Mother's Day", "ES")[year] == _nth(6, 1, year, 5)
        for country in ("US", "DE", "AU", "DK"):
            assert _days("Mother's Day", country)[year] == _nth(6, 2, year, 5)
        assert (_days("Mother's Day", "SE")[year] + 7 * DAY).month == 6
    assert len(_days("Black Friday")) == 10


@pytest.mark.parametrize("client", CLIENTS)
def test_days_around_an_event_are_those_of_the_brands(ask, world, client):
    country = world.accounts[client].brand.country
    now = world.until.astimezone(world.accounts[client].brand.zone).date()
    truth = world.truth.daily_client_metrics(client)
    days = {row["date_day"]: row for row in truth if row["date_day"] < now}
    expected = {
        (row["event"], row["first_day"], day): (days[day]["orders"], days[day]["revenue"])
        for row in ROWS
        if row["country"] in ("", country)
        for day in days
        if row["first_day"] - 7 * DAY <= day <= date.fromisoformat(row["last_day"]) + 7 * DAY
    }
    rows = ask("select * from analytics.holiday_comparison where client = %(client)s", client)
    here = {
        (row["event"], row["first_day"], row["date_day"]): (row["orders"], row["revenue"])
        for row in rows
    }
    assert here == expected
    assert expected
    assert all(
        row["date_day"] - row["first_day"] == row["day_offset"] * DAY
        and row["year_ago_revenue"] is None
        for row in rows
    )
