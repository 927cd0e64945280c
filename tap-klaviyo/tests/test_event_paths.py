"""The fast path of events returns the same records as the general one."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tap_klaviyo.client.jsonapi import decode
from tap_klaviyo.config.privacy import Privacy
from tap_klaviyo.run.run_stats import StreamStats
from tap_klaviyo.streams.events.fast import encode_page, parse_page
from tap_klaviyo.streams.events.general import records_of

HARMLESS = [
    pytest.param({"$value": 12.5, "$value_currency": "USD"}, id="a-number"),
    pytest.param({"$value": "1,234.50"}, id="text-with-thousands"),
    pytest.param({"$value": None, "$value_currency": 5}, id="null-and-a-number-as-currency"),
    pytest.param({"$value": 10**30, "big": 2**70}, id="integers-beyond-64-bits"),
    pytest.param({"a.b c\"d'e$": {"": [[[{}]]]}}, id="odd-keys"),
    pytest.param({"emoji": "👀", "other": 'Ærø \\ " / \t'}, id="unicode-and-escapes"),
    pytest.param({str(n): n for n in range(400)}, id="400-properties"),
    pytest.param({"long": "x" * 100_000}, id="100-kb-of-text"),
    pytest.param(None, id="no-properties"),
    pytest.param({}, id="empty-properties"),
]
CHANGED = [
    pytest.param('{"a\\u0000b":"x\\u0000"}', id="nul"),
    pytest.param('{"half":"\\ud800"}', id="half-a-surrogate-pair"),
    pytest.param('{"other half":"\\udc00 and \\ud83d\\ude00"}', id="the-other-half"),
    pytest.param('{"not a number":NaN}', id="nan"),
    pytest.param('{"$value":{"amount":5}}', id="an-object-as-value"),
    pytest.param('{"$value":true}', id="a-boolean-as-value"),
    pytest.param('{"$value":"free"}', id="text-without-an-amount"),
    pytest.param('{"lines":\n1}', id="a-line-break-between-values"),
    pytest.param('{"$value":1e400}', id="a-value-beyond-a-double"),
]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NO_RULES: dict[str, str] = {}
MARK = '"the properties"'


def page(properties: str) -> bytes:
    """A page with one event, as Klaviyo sends it."""
    document = {
        "data": [
            {
                "type": "event",
                "id": "e1",
                "attributes": {
                    "timestamp": 1770000000,
                    "event_properties": "the properties",
                    "datetime": "2026-02-02T02:40:00+00:00",
                    "uuid": "u1",
                },
                "relationships": {
                    "metric": {"data": {"type": "metric", "id": "m1"}},
                    "profile": {"data": None},
                    "attributions": {"data": [{"id": "c1"}, {"id": "unknown"}]},
                },
            }
        ],
        "included": [
            {
                "type": "attribution",
                "id": "c1",
                "relationships": {"flow-message": {"data": {"type": "flow-message", "id": "f1"}}},
            }
        ],
        "links": {"next": None},
    }
    return json.dumps(document).replace(MARK, properties).encode("utf-8", "surrogatepass")


def fast(raw: bytes, rules=NO_RULES):
    """The record of the fast path, None where it gives way."""
    found = parse_page(raw)
    if found is None:
        return None
    encoded = encode_page("ACC", "events", found, "2026-02-03T00:00:00Z", Privacy(rules))
    if encoded is None:
        return None
    [line, rest] = encoded.lines.decode().split("\n")
    assert rest == ""
    message = json.loads(line)
    assert (message["type"], message["stream"]) == ("RECORD", "events")
    return message["record"]


def general(raw: bytes, rules=NO_RULES):
    [record] = records_of("ACC", decode(raw, StreamStats()), StreamStats(), Privacy(rules))
    return json.loads(json.dumps(record))


@pytest.mark.parametrize("properties", HARMLESS)
def test_both_paths_give_the_same_record(properties):
    raw = page(json.dumps(properties, ensure_ascii=False))
    assert fast(raw) == general(raw)
    assert general(raw)["attributions"] == [
        {
            "id": "c1",
            "attributed_event_id": None,
            "campaign_id": None,
            "campaign_message_id": None,
            "flow_id": None,
            "flow_message_id": "f1",
            "flow_message_variation_id": None,
        },
        {"id": "unknown"},
    ]


@given(st.dictionaries(st.text(), JSON, max_size=6), st.booleans())
def test_both_paths_agree_on_any_properties(properties, ascii_only):
    raw = page(json.dumps(properties, ensure_ascii=ascii_only))
    found = fast(raw)
    assert found is None or found == general(raw)
    written = json.dumps(properties, ensure_ascii=ascii_only)
    # After a backslash it is not worth telling half a pair from a whole one.
    assert found is not None or "\\u0000" in written or "\\\\" in written


@pytest.mark.parametrize("properties", CHANGED)
def test_the_fast_path_gives_way_to_what_must_change(properties):
    assert fast(page(properties)) is None


@pytest.mark.parametrize("bad", [b"\xff", b"\xed\xa0\x80"])
def test_the_fast_path_gives_way_to_bytes_that_are_not_utf_8(bad):
    raw = page('{"a":"X"}').replace(b"X", bad)
    assert fast(raw) is None


def test_stream_maps_and_deselected_properties_take_the_general_path_by_themselves(tap):
    plain = by_id(tap.sync(only=("events",)))
    mapped = by_id(tap.sync(only=("events",), stream_maps={"events": {"extra": "id"}}))
    assert {key: record.pop("extra") for key, record in mapped.items()} == {k: k[1] for k in plain}
    assert mapped == plain
    narrowed = by_id(tap.sync(only=("events",), without={"events": "event_properties"}))
    assert {key: record | {"event_properties": plain[key]["event_properties"]}
            for key, record in narrowed.items()} == plain  # fmt: skip
    assert not any("event_properties" in record for record in narrowed.values())


def test_every_stream_gives_the_same_records_with_and_without_a_map(tap):
    plain = tap.sync()
    maps = {stream: {"extra": "account_id"} for stream in plain.records}
    mapped = tap.sync(stream_maps=maps)
    assert len(plain.records) > 15
    for stream in plain.records.keys() - {"sync_log"}:
        assert written(mapped, stream) == written(plain, stream)


def written(sync, stream):
    """Records without what belongs to the run or to the map, in an order of their own."""
    records = [
        {
            name: value
            for name, value in record.items()
            if name not in {"read_at", "window_end", "extra"}
        }
        for record in sync.records[stream]
    ]
    return sorted(records, key=json.dumps)


def by_id(sync):
    return {(r["account_id"], r["id"]): r for r in sync.records["events"]}


@given(st.dictionaries(st.text(), JSON, max_size=6), st.data())
def test_both_paths_hide_the_same_properties_whatever_they_are(properties, data):
    names = st.sampled_from([*properties, "not there"])
    rules = data.draw(st.dictionaries(names, st.sampled_from(["drop", "hash"])))
    raw = page(json.dumps(properties))
    found = fast(raw, rules)
    assert found is None or found == general(raw, rules)


@pytest.mark.parametrize("path", [fast, general])
def test_a_private_property_is_left_out_or_replaced_by_its_digest_and_the_rest_stays(path):
    address = "müller@example.com"
    properties = {
        "$value": 12.5, "Email": address, "$extra": {"billing": {"city": "Köln"}}, "Phone": 4915,
        "Items": ["shoes"],
    }  # fmt: skip
    raw = page(json.dumps(properties, ensure_ascii=False))
    record = path(raw, {"Email": "hash", "$extra": "drop", "Phone": "hash"})
    digest = hashlib.sha256(address.encode()).hexdigest()
    assert record["event_properties"] == {"$value": 12.5, "Email": digest, "Items": ["shoes"]}
    assert record["value"] == 12.5
