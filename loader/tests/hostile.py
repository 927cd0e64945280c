"""Messages that are hard to store, and that the standard target stores."""

import json
import random
from collections.abc import Iterable, Iterator
from typing import Any

NO = ["null"]
TEXT = {"type": ["string", *NO]}
NUMBER = {"type": ["number", *NO]}
WHOLE = {"type": ["integer", *NO]}
MOMENT = {"type": ["string", *NO], "format": "date-time"}
EXTRACTED = "2026-11-26T19:01:37.033305Z"
PLAIN: dict[str, Any] = {
    "account_id": {"type": ["string"]},
    "id": {"type": ["string"]},
    "text": TEXT,
    "at": MOMENT,
    "day": {"type": ["string", *NO], "format": "date"},
    "number": NUMBER,
    "whole": WHOLE,
    "small": {"type": ["integer", *NO], "minimum": 0, "maximum": 100},
    "flag": {"type": ["boolean", *NO]},
    "properties": {"type": ["object", *NO]},
    "list": {"type": ["array", *NO]},
    "odd n'ame é %s": TEXT,
}
TEXTS = [
    "\\N", "\\", "\\.", "a\\Nb", "tab\tnl\ncr\r", "\\t", "", "'\"", "é👀\u2028", "x" * 100_000,
    "\x01\x7f\b\f\v", "NULL", "null", "\\x41", "a\\", "\\\\", "\n", "{}",
]  # fmt: skip
JSONS = [
    '{"a":2,"a":3}', '{"x":1e400}', '{"x":1.50,"y":-0.0,"z":-0}', "null", "[]", '"text"', "5",
    '{"n":123456789012345678901234567890123}', "true", '{"a":\t1,\t"b" : 2 }',
    '{"e":"\\u00e9\\ud83d\\ude00\\/\\""}', '{"k":"\\\\u0000 \\\\ud83d"}', '{"t":"a\\tb\\nc"}',
    '{"deep":' + "[" * 60 + "]" * 60 + "}", '{"1E5":1E5,"b":1e-7,"c":0.10}',
    '{"":"","$a":{"a.b":1}}',
]  # fmt: skip
# With as many digits as the standard target keeps.
NUMBERS = [
    "0", "-0", "-0.0", "1.50", "1e5", "1E+5", "1e400", "-1e-20", "89.95", "null", "0.1", "1.0",
    "-5", "123456789012345", '"12.5"', "true", "1e-300",
]  # fmt: skip
WHOLES = ["0", "9223372036854775807", "-9223372036854775808", "null", "-0", '"7"']
MOMENTS = [
    "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.123456Z", "2026-01-02T03:04:05.1Z",
    "2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05+02:00", "2026-01-02T03:04:05-05:30",
    "2026-01-02T03:04:05", "2026-01-02 03:04:05", "2026-01-02", "20260102T030405Z", "2026-W01-5",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2024-02-29T00:00:00Z",
    "2026-01-02T03:04Z", "2026-01-02T03:04:05,5Z", "2026-01-02T03:04:05.999999999Z", None,
]  # fmt: skip
DAYS = ["2026-02-28", "0001-01-01", "9999-12-31", "20260102", None]
RAW = "@@"


def schema(stream: str, properties: dict[str, Any], *keys: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "SCHEMA",
        "stream": stream,
        "schema": {"properties": properties, **more},
        "key_properties": list(keys),
    }


def record(stream: str, values: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "RECORD", "stream": stream, "record": values, **more}


def plain(name: str, raw: str | None = None, **values: Any) -> str:
    """A record of the plain stream; a value of RAW is replaced by text that need not be JSON."""
    base = {"account_id": "A", "id": name, "text": "t", "at": MOMENTS[0], "properties": {"a": 1}}
    message = record("plain", {**base, "list": [], **values}, time_extracted=EXTRACTED)
    text = json.dumps(message, ensure_ascii=len(name) % 2 == 0)
    return text if raw is None else text.replace(json.dumps(RAW), raw)


def plain_records() -> Iterator[str]:
    for number, text in enumerate(TEXTS):
        odd = {"odd n'ame é %s": text}
        yield plain(f"t{number}", text=text, properties={"k": text, text: 1}, list=[text], **odd)
        yield plain(f"id {text[:50]}")
    for column, raws in (
        ("properties", JSONS),
        ("list", JSONS),
        ("number", NUMBERS),
        ("whole", WHOLES),
        ("small", ["0", "100", "null"]),
        ("flag", ["true", "false", "null"]),
    ):
        for number, raw in enumerate(raws):
            yield plain(f"{column}{number}", raw, **{column: RAW})
    for column, values in (("at", MOMENTS), ("day", DAYS), ("text", [5, 1.5, True, None])):
        for number, value in enumerate(values):
            yield plain(f"{column}{number}", **{column: value})


def irregular_records() -> Iterator[Any]:
    """Records that lack columns, have more, come twice, or carry what the target says itself."""
    yield record("plain", {"account_id": "A", "id": "bare"})
    yield plain("more", unknown={"a": 1})
    yield plain("more again", unknown={"a": 1})
    yield plain("gone", _sdc_deleted_at="2026-01-01T00:00:00Z")
    yield plain("theirs", _sdc_batched_at="2001-01-01T00:00:00Z", _sdc_extracted_at=5)
    yield plain("twice", text="1")
    yield plain("twice", text="2", at="2026-W01-5")
    yield plain("twice", text="3")
    yield plain("again", text="1")
    yield plain("again", text=2)
    yield record("plain", {"account_id": "A", "id": "version"}, version=7)
    yield '{"record":{"id":"order","account_id":"A"},"stream":"plain","else":[],"type":"RECORD"}'
    yield ' {"type" : "RECORD", "stream" : "plain", "record" : {"id":"b","account_id":"A"}}\r'


def random_records() -> Iterator[str]:
    chance = random.Random(1)  # noqa: S311 - test data, no secret
    pieces = ["\\", "\t", "\n", "\r", "N", ".", '"', "é", "👀", "x", " ", "\\N", "\\."]
    for number in range(150):
        text = "".join(chance.choice(pieces) for _ in range(chance.randrange(6)))
        name = f"r{chance.randrange(100)}{text if number % 3 == 0 else ''}"
        figure = chance.choice([None, 1, 2.5, -3])
        yield plain(name, text=text, properties={text: text}, list=[text], number=figure)


def other_streams() -> Iterator[Any]:
    """Streams that are not plain, or only just."""
    yield schema("keyless", {"a": WHOLE, "o": {"type": ["object", *NO]}})
    yield from (record("keyless", {"a": n % 3, "o": {"a": n}}) for n in range(9))
    moments = {"at": {**MOMENT, "type": ["string"]}, "n": {"type": ["integer"]}, "v": WHOLE}
    yield schema("moments", moments, "at", "n")
    spellings = ["00.5Z", "00.50Z", "00Z", "00.000000Z", "00+00:00", "01Z", "00Z"]
    for number, end in enumerate(spellings * 3):
        values = {"at": f"2026-01-01T00:00:{end}", "n": number // 14, "v": number}
        yield record("moments", values)
    numbers = {"n": {"type": ["number"]}, "v": WHOLE}
    yield schema("number_keys", numbers, "n")
    yield from (record("number_keys", {"n": n, "v": 1}) for n in (1, 1.0, 2.5))
    types = {
        "id": {"type": ["integer"]},
        "time": {"type": ["string", *NO], "format": "time"},
        "uuid": {"type": ["string", *NO], "format": "uuid"},
        "any": {},
        "words": {"type": ["array", *NO], "items": {"type": "string"}},
        "short": {"type": ["string", *NO], "maxLength": 5},
    }
    yield schema("types", types, "id")
    uuid = "3f1e1234-aaaa-bbbb-cccc-123456789012"
    rest = {"uuid": uuid, "any": {"a": 1}, "words": ["a"], "short": "abc"}
    yield from (record("types", {"id": n, "time": "12:00:00", **rest}) for n in range(3))
    yield schema("open", {"id": TEXT, "v": TEXT}, "id", additionalProperties=True)
    yield from (record("open", {"id": str(n), "more": n, "v": "v"}) for n in range(3))
    yield schema("only_keys", {"id": {"type": ["string"]}}, "id")
    yield from (record("only_keys", {"id": one}) for one in "aab")


def widened() -> Iterator[Any]:
    """The plain stream with a new column, and without one it had."""
    properties = {name: kind for name, kind in PLAIN.items() if name != "small"}
    yield schema("plain", {**properties, "fresh": TEXT}, "account_id", "id")
    yield from (plain(f"new{number}", fresh=f"f{number}") for number in range(20))
    yield from (plain(f"t{number}", fresh="again") for number in range(10))


def messages() -> Iterable[Any]:
    yield schema("plain", PLAIN, "account_id", "id")
    yield from plain_records()
    yield from irregular_records()
    yield {"type": "STATE", "value": {"a": 1}}
    yield from random_records()
    yield from other_streams()
    yield from widened()
    yield {"type": "STATE", "value": {"a": 2}}
