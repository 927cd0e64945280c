"""The fictional brands: the same every time, made in seconds, with a plot that shows."""

import time
from datetime import datetime, timedelta, timezone

import pytest

from sandbox import World
from sandbox.account.story import BRANDS

UNTIL = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)


def fingerprint(world):
    return [
        (client, event.id, event.at, event.metric, event.profile, event.cents, event.properties)
        for client, account in world.accounts.items()
        for event in account.events
    ]


@pytest.fixture(scope="module")
def season():
    """The whole season that the demo shows, and the seconds that its making took."""
    began = time.process_time()
    return World.invent(until=UNTIL), time.process_time() - began


def test_the_same_arguments_make_the_same_world(season):
    again = World.invent(until=UNTIL, clients=("acme",))

    assert fingerprint(again) == fingerprint(season[0])[: len(again.accounts["acme"].events)]


def test_another_seed_makes_other_numbers(season):
    other = World.invent(8, UNTIL, ("acme",))

    assert other.accounts["acme"].id != season[0].accounts["acme"].id
    assert len(other.accounts["acme"].events) != len(season[0].accounts["acme"].events)


def test_a_season_is_made_in_seconds(season):
    world, seconds = season

    assert seconds < 5
    assert sum(len(account.events) for account in world.accounts.values()) > 50_000


def test_a_longer_season_only_adds():
    first_day = (UNTIL - timedelta(days=12)).date()
    short = World.invent(until=UNTIL - timedelta(days=2), clients=("koala",), first_day=first_day)
    long = World.invent(until=UNTIL, clients=("koala",), first_day=first_day)

    assert set(short.accounts["koala"].by_id) < set(long.accounts["koala"].by_id)
    short.advance(UNTIL)
    assert fingerprint(short) == fingerprint(long)


def test_changes_are_the_same_for_the_same_steps():
    def changed():
        world = World.invent(until=UNTIL, clients=("acme",), first_day=UNTIL.date())
        wall = datetime.fromisoformat("2026-11-20T03:00")
        late = world.add_event("acme", "Placed Order", wall, cents=5)
        world.add_event("acme", "Placed Order", wall + timedelta(days=2), cents=7)
        world.remove_event("acme", late.id)
        world.advance(UNTIL + timedelta(days=3))
        return world

    first, second = changed(), changed()
    assert fingerprint(first) == fingerprint(second)
    assert first.truth.daily_client_metrics("acme") == second.truth.daily_client_metrics("acme")


@pytest.mark.parametrize("client", ["acme", "nord", "koala"])
def test_the_plot_shows_in_the_daily_numbers(season, client):
    rows, plot = season[0].truth.daily_client_metrics(client), BRANDS[client].plot

    def mean(column, start, days):
        return sum(row[column] for row in rows[start : start + days]) / days

    quiet = mean("orders", plot.quiet_from, plot.quiet_days)
    assert quiet < mean("orders", plot.quiet_from - 7, 7) * 0.7
    assert rows[plot.bad_send]["email_bounced"] > 20
    assert max(row["email_bounced"] for row in rows[: plot.bad_send]) < 10
    before_sale = mean("orders", plot.sale_from - 7, 7)
    assert mean("orders", plot.sale_from, plot.sale_days) > before_sale * 1.5


def test_the_new_flow_sends_from_its_day_on(season):
    account = season[0].accounts["acme"]
    flow = account.flows["thanks"]
    days = [e.day for e in account.by_metric["received"] if e.properties.get("$flow") == flow.id]

    assert min(days) >= flow.live_from.date()
    assert len(days) > 50


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        World.invent(until=datetime.fromisoformat("2026-11-20"))


def test_now_is_a_few_minutes_behind_so_that_a_reader_can_reach_it():
    until = World.invent(clients=()).until

    behind = datetime.now(timezone.utc) - until
    assert timedelta(minutes=5) <= behind < timedelta(minutes=6)
