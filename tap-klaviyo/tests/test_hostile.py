"""Hostile content arrives whole; what cannot be kept is changed a little, counted and told."""

import json
import re
from collections import Counter
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tap_klaviyo.client.sanitize import CLASH, HALF_PAIR, NOT_FINITE, NUL, load_json

YESTERDAY = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(days=1)
PIECES = ("\\", "\\ud83d", "\\u0000", "\ud83d", "\ude00", "\x00", "\U0001f440", '"', "x")
NASTY = st.lists(st.sampled_from(PIECES), max_size=5).map("".join)


def page(*properties: str, **attributes: object) -> bytes:
    """A page of events, one per text of properties, as Klaviyo would send it."""
    events = [
        {
            "type": "event",
            "id": f"hostile{number}",
            "attributes": {
                "datetime": YESTERDAY.isoformat(),
                "uuid": f"uuid{number}",
                "event_properties": f"<{number}>",
                **attributes,
            },
        }
        for number in range(len(properties))
    ]
    text = json.dumps({"data": events, "links": {"next": None}})
    for number, written in enumerate(properties):
        text = text.replace(f'"<{number}>"', written)
    return text.encode()


@pytest.fixture
def sync_of(tap, sandbox):
    """Runs the tap over one page of events of acme; gives the run and the events."""

    def read(body: bytes, **settings: object):
        sandbox.fault("/events", client="acme", status=200, body=body)
        start = (YESTERDAY - timedelta(hours=1)).isoformat()
        sync = tap.sync(only=("events",), start_date=start, **settings)
        found = {e["id"]: e for e in sync.records["events"] if e["id"].startswith("hostile")}
        return sync, [found[key] for key in sorted(found)]

    return read


WHOLE = {
    "beyond 64 bits": {"order": 2**80, "negative": -(2**70)},
    "400 properties": {f"property {n}": n for n in range(400)},
    "100 KB of text": {"html": "<p>Ærø</p>" * 10_000},
    "odd keys": {"a.b": 1, "a b": 2, 'a"b': 3, "a'b": 4, "$a": 5, "": 6, "ключ": 7, "a\\b": 8},
    "deep": json.loads('{"a":[' * 40 + "1" + "]}" * 40),
    "pairs": {"emoji": "\U0001f440 \\ud83d \\u0000 \u2028"},
}


@pytest.mark.parametrize("maps", [{}, {"stream_maps": {"events": {"extra": "'x'"}}}])
def test_what_json_and_postgres_can_hold_arrives_whole(sync_of, maps):
    sync, events = sync_of(page(*(json.dumps(item) for item in WHOLE.values())), **maps)
    kept = [event["event_properties"] for event in events]
    assert kept == list(WHOLE.values())
    assert "removed" not in sync.log


@pytest.mark.parametrize("other", ["", ',"nul":"\\u0000"'])
def test_a_number_too_large_for_a_float_stays_a_number_but_is_no_value(sync_of, other):
    sync, [event] = sync_of(page('{"$value":1e400' + other + "}"))
    assert re.search(r'"\$value":1[eE]\+?400[,}]', sync.out)
    assert event["value"] is None


VALUES = {
    '{"$value":12.5}': 12.5,
    '{"$value":"1,234.50"}': 1234.5,
    '{"$value":"€ 1.234.567"}': 1234567,
    '{"$value":"12.50 USD"}': 12.5,
    '{"$value":"-3"}': -3,
    '{"$value":123456789012345678901234567890}': 123456789012345678901234567890,
    '{"$value":null}': None,
    '{"$value":{"amount":5}}': None,
    '{"$value":[5]}': None,
    '{"$value":true}': None,
    '{"$value":"free"}': None,
    '{"$value":NaN}': None,
    "{}": None,
    "null": None,
}


def test_a_value_is_read_whatever_its_type(sync_of):
    _, events = sync_of(page(*VALUES))
    found = {int(event["id"].removeprefix("hostile")): event["value"] for event in events}
    assert [found[number] for number in range(len(VALUES))] == list(VALUES.values())


def test_what_cannot_be_kept_is_changed_counted_and_told_once_per_kind(sync_of):
    sync, events = sync_of(
        page(
            '{"a\\u0000b":"x\\u0000y\\u0000","deep":[{"k\\u0000":"\\u0000"}]}',
            '{"half":"a\\ud800b","other half":"\\udc00"}',
            '{"rate":NaN,"limit":[Infinity,-Infinity]}',
            '{"a\\u0000":1,"a":2,"\\u0000a":3}',
        )
    )
    assert [event["event_properties"] for event in events] == [
        {"ab": "xy", "deep": [{"k": ""}]},
        {"half": "a\ufffdb", "other half": "\ufffd"},
        {"rate": None, "limit": [None, None]},
        {"a\ufffd": 1, "a": 2, "a\ufffd\ufffd": 3},
    ]
    told = re.findall(r"acme, events: (\d+) (.+)", sync.log)
    assert sorted(told) == sorted([("7", NUL), ("2", HALF_PAIR), ("3", NOT_FINITE), ("2", CLASH)])


def test_half_a_pair_sent_as_bytes_is_replaced_too(sync_of):
    _, [event] = sync_of(page('{"half":"HERE"}').replace(b"HERE", b"a\xed\xa0\x80b"))
    assert event["event_properties"] == {"half": "a\ufffdb"}


def test_an_event_without_time_or_relationships_arrives(sync_of):
    _, [event] = sync_of(page("{}", datetime=None, uuid=None))
    assert (event["datetime"], event["metric_id"], event["profile_id"]) == (None, None, None)
    assert event["attributions"] == []


@example("\\ud83d\ude00")  # the text of an escape, and half a pair after it
@given(st.recursive(NASTY | st.integers(), lambda inner: st.dictionaries(NASTY, inner, max_size=4)))
def test_whatever_is_read_can_be_written_as_unicode_without_nul(document):
    for raw in (
        json.dumps(document).encode(),
        json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass"),
    ):
        changes: Counter[str] = Counter()
        kept = load_json(raw, changes)
        text = json.dumps(kept, ensure_ascii=False)
        text.encode()
        assert "\\u0000" not in text.replace("\\\\", "")
        assert bool(changes) == (kept != json.loads(raw))
