"""The worst that Klaviyo may send, through the real loader into a real Postgres."""

import json
from datetime import timedelta

import pytest

from sandbox import Sandbox, World

DEEP = json.loads('{"a":[' * 40 + "1" + "]}" * 40)
# What is sent, and what must be kept of it.
HOSTILE = {
    "nul": ({"a\x00b": "x\x00", "d": [{"k\x00": ["\x00y"]}]}, {"ab": "x", "d": [{"k": ["y"]}]}),
    "clash": ({"a\x00": 1, "a": 2}, {"a\ufffd": 1, "a": 2}),
    "half pairs": ({"x": "a\ud800b", "y": "\udfff"}, {"x": "a\ufffdb", "y": "\ufffd"}),
    "whole pairs": ({"x": "👀 \\ud83d \\u0000"}, {"x": "👀 \\ud83d \\u0000"}),
    "not finite": ({"x": float("nan"), "y": [float("-inf")]}, {"x": None, "y": [None]}),
    "big integers": ({"x": 2**70, "y": -(10**60)}, {"x": 2**70, "y": -(10**60)}),
    "400 properties": ({f"p {n}": n for n in range(400)}, {f"p {n}": n for n in range(400)}),
    "100 KB": ({"html": "<p>Ærø\t\n" * 15_000}, {"html": "<p>Ærø\t\n" * 15_000}),
    "odd keys": ({"a.b": 1, "a b": 2, 'a"b': 3, "a'b": 4, "$a": 5, "": 6, "a\\b": 7},) * 2,
    "long key": ({"k" * 300: 1, "k" * 301: 2},) * 2,
    "deep": (DEEP, DEEP),
}
VALUES = {
    "a number": (12.5, 12.5),
    "text with thousands": ("$1,234.50", 1234.5),
    "null": (None, None),
    "an object": ({"amount": 5}, None),
    "a boolean": (True, None),
    "beyond 64 bits": (10**20, 10**20),
    "beyond any column": (10**400, None),
    "not a number": (float("nan"), None),
}


@pytest.fixture(scope="module")
def kept(new_project):
    """The events of a shop full of hostile ones, by what is hostile about them."""
    until = World.invent(clients=()).until
    first_day = (until - timedelta(days=1)).date()
    world = World.invent(clients=("acme",), until=until, first_day=first_day)
    wall = (until - timedelta(hours=12)).replace(tzinfo=None)
    sent = {name: given for name, (given, _) in HOSTILE.items()}
    sent |= {name: {"$value": value, "$value_currency": 5} for name, (value, _) in VALUES.items()}
    ids = {
        world.add_event("acme", "Loyalty Points Redeemed", wall, properties=properties).id: name
        for name, properties in sent.items()
    }
    with Sandbox(world, rate_factor=100) as sandbox:
        project = new_project("hostile", sandbox, TAP_KLAVIYO_START_DATE=first_day.isoformat())
        run = project.succeed("run", "tap-klaviyo", "target-postgres")
    rows = project.database.rows("select * from tap_klaviyo.events")
    assert len(rows) == len(world.accounts["acme"].by_id)
    return {ids[row["id"]]: row for row in rows if row["id"] in ids} | {"log": run.log}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_content_is_in_postgres_as_it_was_sent(kept, what):
    assert kept[what]["event_properties"] == HOSTILE[what][1]


@pytest.mark.parametrize("what", VALUES)
def test_a_value_is_a_number_in_postgres_or_nothing(kept, what):
    assert kept[what]["value"] == VALUES[what][1]
    assert kept[what]["value_currency"] is None


def test_what_was_changed_is_in_meltanos_log(kept):
    assert "NUL characters removed" in kept["log"]
