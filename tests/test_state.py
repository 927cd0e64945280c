"""`python -m state`: divided, joined and moved back, no client reads more than it must."""

import json
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from meltano.core.job_state import JobState
from tap_klaviyo.config.shards import shard_of

from sandbox import Sandbox, World
from state.bookmarks import StateError, divide, move_back, union
from state.division import settle
from state.store import Store
from tests.conftest import CLIENTS

VALUE = "replication_key_value"
EARLIER, LATER = "2026-11-01T00:00:00Z", "2026-11-20T00:00:00Z"
names = st.dictionaries(st.text(min_size=1, max_size=8), st.uuids().map(str), max_size=12)


def state_of(clients, value=LATER, streams=("events", "lists"), **more):
    partitions = [
        {"context": {"account_id": account}, VALUE: value, **more}
        for account in sorted(clients.values())
    ]
    bookmarks = {stream: {"partitions": partitions} for stream in streams if partitions}
    bookmarks["accounts"] = {"clients": dict(sorted(clients.items()))}
    return {"bookmarks": bookmarks}


def bookmarks(state, stream="events"):
    found = state["bookmarks"].get(stream, {}).get("partitions", [])
    return {one["context"]["account_id"]: one.get(VALUE) for one in found}


@given(names, st.integers(1, 20), st.integers(1, 20))
def test_a_state_that_was_divided_twice_and_joined_is_what_it_was(clients, first, second):
    whole = union([state_of(clients)])
    parts = divide(whole, first)
    assert union(divide(union(parts.values()), second).values()) == whole
    for number, part in parts.items():
        held = part["bookmarks"]["accounts"]["clients"]
        assert {shard_of(client, first) for client in held} == {number}


def test_of_an_account_in_two_states_the_oldest_bookmark_stays():
    older = state_of({"acme": "A"}, EARLIER, covered_from="2026-01-01T00:00:00Z",
                     series=["a", "b"], days={"2026-10-31": {"digest": "1"}})  # fmt: skip
    newer = state_of({"acme": "A"}, LATER, covered_from="2026-06-01T00:00:00Z", series=["b", "c"],
                     left_out=["x"])  # fmt: skip
    for states in ([older, newer], [newer, older]):
        (kept,) = union(states)["bookmarks"]["events"]["partitions"]
        assert kept[VALUE] == EARLIER
        assert kept["covered_from"] == "2026-06-01T00:00:00Z"
        assert kept["series"] == ["b"]
        assert kept["left_out"] == ["x"]
        assert "days" not in kept


def test_an_account_without_a_bookmark_in_one_state_is_read_from_its_start():
    never = state_of({"acme": "A"}, None)
    (kept,) = union([state_of({"acme": "A"}), never])["bookmarks"]["events"]["partitions"]
    assert kept[VALUE] is None


def test_a_client_with_two_accounts_is_refused():
    with pytest.raises(StateError, match="acme"):
        union([state_of({"acme": "A"}), state_of({"acme": "B"})])


def test_an_account_goes_with_the_name_that_is_still_in_use():
    old, new = (
        "acme",
        next(f"b{n}" for n in range(99) if shard_of(f"b{n}", 3) != shard_of("acme", 3)),
    )
    parts = divide(union([state_of({old: "A", new: "A"})]), 3, {new})
    assert [number for number, part in parts.items() if bookmarks(part)] == [shard_of(new, 3)]


def test_states_are_found_as_meltano_keeps_them_and_moved_whole(tmp_path):
    store = Store({"MELTANO_DATABASE_URI": f"sqlite:///{tmp_path}/meltano.db"})
    with store.locked() as session:
        states = {store.whole: state_of({client: client[0] for client in CLIENTS})}
        store.save(session, states)
        kept = session.get(JobState, store.whole).completed_state
        assert kept == {"singer_state": states[store.whole]}
        assert settle(store, session, 3) == sorted(CLIENTS)
    with store.locked() as session:
        assert list(store.states(session)) == [store.id_of(number) for number in (1, 2, 3)]
        assert settle(store, session, 3) == []
        assert settle(store, session, None) == sorted(CLIENTS)
        assert {key: union([one]) for key, one in store.states(session).items()} == {
            store.whole: union(states.values())
        }


def test_a_state_of_another_form_is_refused_and_stays(tmp_path):
    store = Store({"MELTANO_DATABASE_URI": f"sqlite:///{tmp_path}/meltano.db"})
    with store.locked() as session:
        session.add(JobState(state_id=store.id_of(1), completed_state={"other": 1}))
    with pytest.raises(StateError, match="shard-1"), store.locked() as session:
        settle(store, session, 3)
    with store.locked() as session:
        assert session.get(JobState, store.id_of(1)) is not None


def test_bookmarks_move_back_for_one_client_one_stream_and_never_forward():
    state = state_of({"acme": "A", "nord": "N"})
    moved = move_back(state, "acme", ["events"], EARLIER)
    assert bookmarks(moved) == {"A": EARLIER, "N": LATER}
    assert bookmarks(moved, "lists") == {"A": LATER, "N": LATER}
    assert bookmarks(move_back(state, "acme", [], None)) == {"N": LATER}
    with pytest.raises(StateError, match="read up to"):
        move_back(moved, "acme", ["events"], LATER)
    with pytest.raises(StateError, match="acme, nord"):
        move_back(state, "koala", [], None)
    with pytest.raises(StateError, match="events, lists"):
        move_back(state, "acme", ["event"], None)


@pytest.fixture(scope="module")
def shops():
    with Sandbox(World.invent(clients=CLIENTS), rate_factor=100) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def tap(shops, tmp_path_factory):
    """Runs the tap: the state it leaves, and the pages of events that each brand asked for."""
    folder = tmp_path_factory.mktemp("tap")
    start = (shops.world.until - timedelta(days=60)).date().isoformat()
    config = {"accounts": shops.accounts, "api_url": shops.api_url, "start_date": start}
    command = [sys.executable, "-m", "tap_klaviyo"]
    catalog = json.loads(subprocess.check_output([*command, "--discover"]))
    for stream in catalog["streams"]:
        root = next(one["metadata"] for one in stream["metadata"] if not one["breadcrumb"])
        root["selected"] = stream["tap_stream_id"] in ("events", "metrics")
    (folder / "catalog").write_text(json.dumps(catalog))

    def run(state, shard=None):
        (folder / "state").write_text(json.dumps(state))
        (folder / "config").write_text(json.dumps(config | ({"shard": shard} if shard else {})))
        before = len(shops.requests)
        files = [f"--{name}={folder / name}" for name in ("config", "catalog", "state")]
        done = subprocess.run([*command, *files], check=True, capture_output=True, text=True)
        messages = [json.loads(line) for line in done.stdout.splitlines()]
        last = [one["value"] for one in messages if one["type"] == "STATE"][-1]
        asked = [one for one in shops.requests[before:] if one.path.endswith("/events")]
        return last, Counter(one.client for one in asked)

    return run


def in_shards(tap, whole, count):
    """A day's run of all shards that have brands: the states joined, and what was asked for."""
    asked: Counter[str] = Counter()
    states = []
    for number, part in divide(whole, count, CLIENTS).items():
        state, pages = tap(part, f"{number}/{count}")
        states.append(state)
        asked += pages
    return union(states), asked


def test_from_one_to_sixteen_shards_and_to_five_no_brand_asks_for_more_events(tap):
    first, history = tap({})
    again, daily = tap(first)
    sixteen, in_sixteen = in_shards(tap, again, 16)
    _, in_five = in_shards(tap, sixteen, 5)
    assert set(daily) == set(CLIENTS)
    assert all(daily[client] < history[client] for client in CLIENTS)
    assert in_sixteen == in_five == daily
