"""Which events a local day has: whole days only, and by the account's own clock."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tap_klaviyo.streams.events.days import DaysRead
from tap_klaviyo.times import UTC, Window, midnight, parse

BERLIN = ZoneInfo("Europe/Berlin")
READ_AT = datetime(2026, 4, 1, tzinfo=UTC)


class Shop:
    id, zone = "A", BERLIN


def read(start: str, end: str, *windows):
    """The days and ids of some windows, each given as its end and its pages."""
    days = DaysRead(Shop(), Window(parse(start), parse(end)), READ_AT)
    found, begin = {}, parse(start)
    for stop, *pages in windows:
        for row in days.add(Window(begin, parse(stop)), pages):
            found[row["date"]] = row["ids"]
        begin = parse(stop)
    return found


def test_a_day_of_which_a_part_was_read_is_not_listed():
    found = read(
        "2026-03-27T22:59:59Z",
        "2026-03-31T10:00:00Z",
        (
            "2026-03-31T10:00:00Z",
            [("2026-03-27T22:59:59Z", "cut off")],
            [("2026-03-31T09:00:00Z", "today")],
        ),
    )
    assert found == {"2026-03-28": [], "2026-03-29": [], "2026-03-30": []}


def test_days_have_23_hours_and_fractions_of_seconds():
    found = read(
        "2026-03-27T23:00:00Z",
        "2026-03-30T22:00:00Z",
        ("2026-03-28T12:00:00Z", [("2026-03-27T23:00:00Z", "b"), ("2026-03-27T23:00:00.5Z", "a")]),
        (
            "2026-03-30T22:00:00Z",
            [("2026-03-28T23:00:00Z", "c"), ("2026-03-29T22:00:00.000001Z", "e")],
        ),
    )
    assert found == {"2026-03-28": ["a", "b"], "2026-03-29": ["c"], "2026-03-30": ["e"]}


def test_nothing_is_said_of_a_day_with_an_event_that_cannot_be_told():
    found = read(
        "2026-03-09T23:00:00Z",
        "2026-03-12T23:00:00Z",
        ("2026-03-10T12:00:00Z", [("2026-03-10T11:00:00Z", "a")]),
        ("2026-03-11T12:00:00Z", None),
        (
            "2026-03-12T23:00:00Z",
            [("2026-03-12T11:00:00Z", "b"), (None, "no moment"), ("2026-03-12T11:00:00Z", "b")],
        ),
    )
    assert found == {"2026-03-12": ["b"]}


def test_the_lists_of_a_run_are_its_events(tap, world, account_id):
    sync = tap.sync(only=("events", "event_reads"))
    for client in ("acme", "koala"):
        zone = world.accounts[client].brand.zone
        kept: dict[str, list[str]] = {}
        for event in sync.of("events", account_id(client)):
            day = parse(event["datetime"]).astimezone(zone).date().isoformat()
            kept.setdefault(day, []).append(event["id"])
        log = sync.logged(client, "events")
        rows = sync.of("event_reads", account_id(client))
        assert len(rows) > 20
        for row in rows:
            assert row["ids"] == sorted(kept.get(row["date"], []))
            assert row["rows"] == len(row["ids"])
            assert row["read_at"] == log["started_at"]
            day = date.fromisoformat(row["date"])
            assert parse(row["day_start"]) == midnight(day, zone)
            assert parse(row["day_end"]) == midnight(day + timedelta(days=1), zone)


@pytest.mark.parametrize(
    ("only", "allowed"), [(("events", "event_reads"), True), (("events",), False)]
)
def test_rows_may_stay_as_they_are_only_where_lists_tell_what_is_gone(tap, only, allowed):
    heads = [line for line in tap.sync(only=only).out.splitlines() if '"SCHEMA"' in line]
    [events] = [line for line in heads if '"stream":"events"' in line.replace(" ", "")]
    assert ("x-keep-unchanged" in events) == allowed
    assert not [line for line in heads if "x-keep-unchanged" in line and line != events]
