"""Bookmarks that cannot lie: whatever the clock, the state or the start date says."""

import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from tap_klaviyo.streams.items import Checkpoint
from tap_klaviyo.tap import TapKlaviyo

TAP_AT = Path(__file__).parents[2] / "tests/random_runs/tap_at.py"
NOW = datetime.now(timezone.utc).replace(microsecond=0)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def sync_at(tap):
    """Runs the tap as if it were another time; Klaviyo's clock stays the real one."""

    def sync(moment: datetime, **how: object):
        def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
            command = [sys.executable, str(TAP_AT), moment.isoformat(), *arguments]
            return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

        tap.run = run
        return tap.sync(only=("events",), **how)

    return sync


def order(sandbox, moment: datetime) -> str:
    """An order of acme at this time; its id."""
    zone = sandbox.world.accounts["acme"].brand.zone
    wall = moment.astimezone(zone).replace(tzinfo=None)
    return sandbox.add_event("acme", "Placed Order", wall, cents=100).id


def ids(sync, account_id) -> list[str]:
    return [event["id"] for event in sync.of("events", account_id("acme"))]


def with_bookmark(state, **bookmark):
    """The state with something else at the events of every account; None takes it out."""
    for partition in state["bookmarks"]["events"]["partitions"]:
        partition.update(bookmark)
        for name in [name for name, value in bookmark.items() if value is None]:
            del partition[name]
    return state


def test_a_bookmark_in_the_future_is_read_from_as_if_it_were_now(tap, account_id):
    first = tap.sync(only=("events",))
    ahead = (NOW + timedelta(days=400)).isoformat()
    state = with_bookmark(first.state, replication_key_value=ahead)
    second = tap.sync(only=("events",), state=state)
    assert 0 < len(ids(second, account_id)) < len(ids(first, account_id)) / 2
    kept = second.bookmark("events", account_id("acme"))["replication_key_value"]
    assert kept == second.logged("acme", "events")["window_end"]


def test_a_state_that_does_not_say_how_far_back_it_goes_is_read_again_once(tap, account_id):
    first = tap.sync(only=("events",))
    state = with_bookmark(first.state, covered_from=None)
    second = tap.sync(only=("events",), state=state)
    third = tap.sync(only=("events",), state=second.state)
    assert sorted(ids(second, account_id)) == sorted(ids(first, account_id))
    assert len(ids(third, account_id)) < len(ids(first, account_id)) / 2


def test_one_bookmark_for_all_accounts_is_no_bookmark(tap, account_id, world):
    flat = {"replication_key": "datetime", "replication_key_value": NOW.isoformat()}
    sync = tap.sync(only=("events",), state={"bookmarks": {"events": flat}})
    assert sync.status == 0, sync.log
    assert len(ids(sync, account_id)) == len(world.accounts["acme"].by_id)


def test_what_the_tap_does_not_know_in_a_state_changes_nothing(tap, account_id):
    first = tap.sync(only=("events",))
    state = with_bookmark(first.state, progress_markers={"note": "?"}, from_the_future=1)
    state["bookmarks"]["no_such_stream"] = {"replication_key_value": "soon"}
    state["version"] = 7
    second = tap.sync(only=("events",), state=state)
    assert second.status == 0, second.log
    assert 0 < len(ids(second, account_id)) < len(ids(first, account_id)) / 2


def test_aggregates_of_a_state_without_series_go_on_from_their_bookmark(tap, account_id):
    only = ("metric_aggregates",)
    first = tap.sync(only=only)
    for partition in first.state["bookmarks"]["metric_aggregates"]["partitions"]:
        del partition["series"]
    second = tap.sync(only=only, state=first.state)
    days = {row["date"] for row in second.of("metric_aggregates", account_id("acme"))}
    assert 14 <= len(days) <= 16


def test_events_at_one_second_fall_into_exactly_one_of_two_runs(sync_at, sandbox, account_id):
    end = NOW - 10 * MINUTE
    before = [order(sandbox, end - timedelta(seconds=1)) for _ in range(3)]
    at_the_end = [order(sandbox, end) for _ in range(3)]
    first = sync_at(end + MINUTE, events_lookback_days=0)
    end = datetime.fromisoformat(first.logged("acme", "events")["window_end"])
    at_the_end += [order(sandbox, end) for _ in range(2)]
    second = sync_at(end + 5 * MINUTE, state=first.state, events_lookback_days=0)
    found = Counter(ids(first, account_id) + ids(second, account_id))
    assert {found[one] for one in before + at_the_end} == {1}
    assert set(at_the_end) <= set(ids(first, account_id)) | set(ids(second, account_id))


def test_an_empty_window_asks_nothing_and_keeps_the_bookmark(sync_at, sandbox, account_id):
    how = {"events_lookback_days": 0, "start_date": (NOW - timedelta(days=3)).isoformat()}
    first = sync_at(NOW, **how)
    sandbox.requests.clear()
    earlier = sync_at(NOW - 5 * MINUTE, state=first.state, **how)
    assert earlier.logged("acme", "events")["status"] == "ok"
    assert not [request for request in sandbox.requests if request.path == "/events"]
    bookmark = first.bookmark("events", account_id("acme"))
    assert earlier.bookmark("events", account_id("acme")) == bookmark


def test_a_window_that_begins_and_ends_in_one_second_is_not_asked_for(sync_at, sandbox):
    end = NOW - MINUTE
    start = (end + timedelta(milliseconds=500)).isoformat()
    sync = sync_at(NOW, start_date=start)
    assert sync.logged("acme", "events")["status"] == "ok"
    assert {request.status for request in sandbox.requests} == {200}


@pytest.mark.parametrize("seconds", [-600, -5, 45])
def test_a_clock_a_little_off_loses_nothing(sync_at, account_id, world, seconds):
    first = sync_at(datetime.now(timezone.utc) + timedelta(seconds=seconds))
    assert first.logged("acme", "events")["status"] == "ok"
    second = sync_at(datetime.now(timezone.utc), state=first.state)
    found = set(ids(first, account_id)) | set(ids(second, account_id))
    assert found == set(world.accounts["acme"].by_id)


def test_a_clock_far_ahead_is_told_in_klaviyos_words_and_moves_no_bookmark(sync_at, account_id):
    start = (NOW - timedelta(days=2)).isoformat()  # one window, which ends in the future
    sync = sync_at(datetime.now(timezone.utc) + timedelta(hours=1), start_date=start)
    row = sync.logged("acme", "events")
    assert (row["status"], "may not be in the future" in row["error"]) == ("failed", True)
    assert "replication_key_value" not in sync.bookmark("events", account_id("acme"))


def test_pages_out_of_order_are_all_read_and_the_bookmark_is_the_windows_end(
    tap, sandbox, account_id
):
    def event(number: int, hours: int) -> dict:
        at = (NOW - timedelta(hours=hours)).isoformat()
        return {"id": f"e{number}", "attributes": {"datetime": at}}

    x, y = (f"{sandbox.api_url}/events?page[cursor]={cursor}" for cursor in "xy")
    pages = [([event(1, 3), event(2, 40)], x), ([event(3, 1), event(4, 30)], y), ([], None)]
    for data, following in pages:
        body = {"data": data, "links": {"next": following}}
        sandbox.fault("/events", client="acme", status=200, body=body)
    start = (NOW - timedelta(hours=48)).isoformat()
    sync = tap.sync(only=("events",), start_date=start)
    assert ids(sync, account_id) == ["e1", "e2", "e3", "e4"]
    bookmark = sync.bookmark("events", account_id("acme"))["replication_key_value"]
    assert bookmark == sync.logged("acme", "events")["window_end"]


@pytest.mark.parametrize(
    ("start", "point", "kept"),
    [
        pytest.param("2026-01-01", "2026-02-20", "2026-03-01", id="look-back"),
        pytest.param("2026-01-01", "2026-03-02", "2026-03-02", id="news"),
        pytest.param("2025-12-01", "2025-12-08", "2025-12-08", id="start-date-moved-back"),
    ],
)
def test_a_bookmark_goes_back_only_for_history_never_read(start, point, kept):
    context = {"account_id": "A"}
    bookmark = {
        "context": context,
        "replication_key_value": "2026-03-01T00:00:00Z",
        "covered_from": "2026-01-01T00:00:00Z",
    }
    tap = TapKlaviyo(
        config={"api_key": "k", "start_date": start},
        state={"bookmarks": {"events": {"partitions": [bookmark]}}},
    )
    moment = datetime.fromisoformat(f"{point}T00:00:00+00:00")
    tap.streams["events"].checkpoint(context, Checkpoint(moment))
    [after] = tap.state["bookmarks"]["events"]["partitions"]
    assert after["replication_key_value"] == f"{kept}T00:00:00Z"
