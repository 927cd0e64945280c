"""Daily runs read only the days whose aggregates have changed, and lose nothing by it."""

import copy
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from sandbox import Sandbox, World
from tests.random_runs import truth

TAP_AT = Path(__file__).parents[2] / "tests/random_runs/tap_at.py"
LAG = timedelta(minutes=5)
DAY = timedelta(days=1)
STREAMS = (
    "accounts", "metrics", "mapped_metrics", "metric_aggregates", "events", "event_reads",
)  # fmt: skip
LOOK_BACK = {"events_lookback_days": 9, "aggregates_lookback_days": 12}
FIRST = datetime.fromisoformat("2026-10-20T11:00:00Z")


class Shop:
    """A shop that is read once a day, and what a target has of it; days count from today."""

    def __init__(self, tap, world: World, now: datetime) -> None:
        self.tap, self.world, self.now = tap, world, now
        self.state: dict = {}
        self.events: dict[str, dict] = {}
        self.lists: dict[str, dict] = {}
        self.sandbox = Sandbox(world, rate_factor=1000, clock=lambda: self.now)
        self.sandbox.loosen(1)  # numbers come as 1 and as 1.0

    @property
    def account(self):
        return self.world.accounts["acme"]

    def day(self, ago: int) -> date:
        return self.now.astimezone(self.account.brand.zone).date() - ago * DAY

    def orders(self, ago: int) -> list:
        return [one for one in self.account.by_metric["order"] if one.day == self.day(ago)]

    def click(self):
        return self.account.by_metric["clicked"][-1].id

    def order(self, ago: int, **more):
        wall = datetime.combine(self.day(ago), datetime.min.time()) + timedelta(hours=11)
        return self.sandbox.add_event("acme", "Placed Order", wall, cents=777, **more)

    def read(self, after: timedelta = DAY, *, only=STREAMS, **settings) -> set[int]:
        """Let time pass and run the tap; which of the days before today were read whole."""
        self.now += after
        self.sandbox.advance(self.now - LAG)
        self.tap.sandbox, self.tap.run = self.sandbox, self._run
        start = self.world.first_day.isoformat()
        how = {"start_date": start, "state": self.state, **LOOK_BACK, **settings}
        self.last = self.tap.sync(only=only, **how)
        assert self.last.status == 0, self.last.log
        self.state = self.last.state
        self.events |= {one["id"]: one for one in self.last.records["events"]}
        self.lists |= (
            new := {one["date"]: one for one in self.last.records.get("event_reads", [])}
        )
        return {(self.day(0) - date.fromisoformat(day)).days for day in new}

    def _run(self, *arguments: str):
        command = [sys.executable, str(TAP_AT), self.now.isoformat(), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    def is_true(self) -> bool:
        """Whether the events that are on their days' lists, and today's, are those there are."""
        gone = set(self.events) - set(self.account.by_id)
        listed = {one for row in self.lists.values() for one in row["ids"]}
        told = truth.events_told(self.account, self.now - timedelta(minutes=1), set())
        kept = truth.events_kept(list(self.events.values()), self.account, gone)
        return told == kept and not gone & listed


@pytest.fixture(scope="module")
def settled_shop(tmp_path_factory):
    """A shop of which every day but the last two has been read twice as it is."""
    from .conftest import Tap  # noqa: PLC0415

    until = FIRST - LAG
    world = World.invent(clients=("acme",), until=until, first_day=(until - 14 * DAY).date())
    shop = Shop(Tap(None, tmp_path_factory.mktemp("shop")), world, FIRST)
    with shop.sandbox:
        for _ in range(3):
            shop.read()
    return shop


@pytest.fixture
def shop(settled_shop, tmp_path):
    world = copy.deepcopy(settled_shop.world)
    shop = Shop(copy.copy(settled_shop.tap), world, settled_shop.now)
    shop.tap.folder = tmp_path
    shop.state, shop.events, shop.lists = map(
        copy.deepcopy, (settled_shop.state, settled_shop.events, settled_shop.lists)
    )
    with shop.sandbox:
        yield shop


# The last day, the one before it, whose first read is a day old, and the one that leaves.
ALWAYS = {1, 2, 10}


def test_a_day_is_read_until_it_has_stayed_the_same_and_once_more_at_last(shop):
    lists = dict(shop.lists)
    assert shop.read() == ALWAYS
    assert {day for day in lists if shop.lists[day] is lists[day]} >= {
        shop.day(ago).isoformat() for ago in range(3, 10)
    }
    assert shop.read() == ALWAYS
    assert shop.is_true()


def test_what_changes_is_read_again_and_nothing_is_lost(shop):
    shop.order(3)
    credited = shop.order(4, credited_to=shop.click())
    assert shop.read() == {4, 5} | ALWAYS  # they are a day older now
    assert shop.is_true()

    shop.sandbox.restate("acme", credited.id, None)
    shop.sandbox.restate("acme", shop.orders(3)[0].id, shop.click())
    gone = shop.orders(6)[0]
    shop.sandbox.remove_event("acme", gone.id)
    shop.sandbox.remove_event("acme", shop.orders(7)[0].id)
    shop.order(7)  # as many as before, of another amount
    assert shop.read() == {4, 5, 6, 7, 8} | ALWAYS
    assert gone.id not in shop.lists[shop.day(7).isoformat()]["ids"]
    assert shop.is_true()


def test_an_amount_that_moves_between_days_is_seen_on_both(shop):
    one, other = shop.orders(3)[0], shop.orders(6)[0]
    assert one.cents != other.cents
    for order, cents in ((one, other.cents), (other, one.cents)):
        shop.sandbox.change_value("acme", order.id, cents)
    assert shop.read() == {4, 7} | ALWAYS
    assert shop.is_true()


def test_what_events_have_later_than_aggregates_is_found(shop):
    """A credit for which the events take three hours more, an order for which they take a day."""
    credited = shop.orders(3)[0]
    first, second = shop.now + DAY, shop.now + 2 * DAY
    shop.sandbox.restate("acme", credited.id, shop.click(), shown_from=first + timedelta(hours=3))
    late = shop.order(5, shown_from=second + timedelta(hours=1))
    assert shop.read() == {4, 6} | ALWAYS
    assert not shop.events[credited.id]["attributions"]
    assert shop.read() == {5, 7} | ALWAYS
    assert shop.events[credited.id]["attributions"]
    assert late.id not in shop.events
    assert shop.read() == {8} | ALWAYS
    assert shop.is_true()
    assert shop.read() == ALWAYS


def test_what_aggregates_do_not_show_is_read_when_the_day_leaves(shop):
    order = shop.orders(8)[0]
    order.properties = {**order.properties, "note": "edited"}
    order.encoded.clear()
    assert shop.read() == ALWAYS
    assert "note" not in shop.events[order.id]["event_properties"]
    assert shop.read() == ALWAYS
    assert shop.events[order.id]["event_properties"]["note"] == "edited"


def test_within_hours_a_day_is_read_until_its_read_is_to_be_trusted(shop):
    shop.read()
    hour = timedelta(hours=1)
    assert [shop.read(hours * hour) for hours in (1, 6, 1)] == [{1}, {1}, set()]
    assert shop.is_true()


def test_all_days_are_read_where_that_is_wanted_and_the_next_run_knows_them(shop):
    assert shop.read(events_reread="all") == set(range(1, 11))
    assert shop.read() == ALWAYS


def test_events_are_read_after_the_aggregates_that_tell_what_has_changed(shop):
    shop.read()
    paths = [request.path for request in shop.sandbox.requests]
    last = max(place for place, path in enumerate(paths) if path == "/metric-aggregates")
    assert last < paths.index("/events")


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        pytest.param("/metric-aggregates", {"status": 404}, id="a series is missing"),
        pytest.param("/metric-aggregates", {"status": 403, "times": None}, id="all are"),
        pytest.param("/mapped-metrics", {"status": 200, "body": {"data": []}}, id="no revenue"),
    ],
)
def test_without_all_that_aggregates_say_every_day_is_read(shop, path, fault):
    shop.sandbox.fault(path, **{"body": {"errors": [{"detail": "No"}]}, **fault})
    assert shop.read() == set(range(1, 10))
    assert "days" not in shop.last.bookmark("events", shop.account.id)
    shop.sandbox.heal()
    assert shop.read() == set(range(1, 11))


def test_without_lists_every_day_is_read(shop):
    shop.read(only=tuple(name for name in STREAMS if name != "event_reads"))
    days = {truth.moment(one["datetime"]).date() for one in shop.last.records["events"]}
    assert days >= {shop.day(ago) for ago in range(10)}
    assert "days" not in shop.last.bookmark("events", shop.account.id)


def test_what_a_bookmark_was_moved_back_for_is_read(shop):
    [partition] = shop.state["bookmarks"]["events"]["partitions"]
    partition["replication_key_value"] = f"{shop.day(4)}T12:00:00Z"
    shop.state["bookmarks"]["events"]["partitions"][0]["days"][shop.day(6).isoformat()] = "?"
    assert shop.read() & set(range(1, 10)) == {1, 2, 3, 4, 5, 7}
