"""What Postgres cannot hold is changed in the smallest way, and counted.

Postgres refuses NUL characters in text and `jsonb`, at any depth and in keys, and text that
is not valid Unicode; JSON itself has no NaN. A NUL is removed; half a surrogate pair becomes
U+FFFD; NaN and infinity become null. Numbers of any size are kept.
"""

from __future__ import annotations

import json
import math
import re
import typing as t
from decimal import Decimal

if t.TYPE_CHECKING:
    from collections import Counter

SUSPECT = re.compile(
    rb"\\u(?:0000"
    rb"|[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<![^\\]\\u[dD][89abAB]..\\u)[dD][c-fC-F])"
)
"""The escapes of a NUL and of half a surrogate pair, and after a backslash of a whole one."""

SURROGATE = re.compile("[\ud800-\udfff]")

NUL = "NUL characters removed"
HALF_PAIR = "halves of surrogate pairs replaced by U+FFFD"
NOT_FINITE = "NaN and infinite numbers replaced by null"
CLASH = "keys that became equal kept apart by U+FFFD"


def is_clean(raw: bytes) -> bool:
    """Whether an answer can be passed on as it is, byte by byte."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return SUSPECT.search(raw) is None


def load(raw: bytes, changes: Counter[str]) -> object:
    """Decode JSON into what a database can hold.

    Args:
        raw: What was received.
        changes: Where each change is counted, by kind.

    Raises:
        ValueError: It is not JSON, or not all of it.
    """

    def none_of(_: str) -> None:
        changes[NOT_FINITE] += 1

    document = json.loads(raw, parse_float=_number, parse_constant=none_of)
    return document if is_clean(raw) else _cleaned(document, changes)


def _number(text: str) -> float | Decimal:
    """A float, unless it would overflow: `1e400` is a number to JSON and to Postgres."""
    number = float(text)
    return number if math.isfinite(number) else Decimal(text)


def _cleaned(value: object, changes: Counter[str]) -> object:
    if isinstance(value, str):
        return _cleaned_text(value, changes)
    if isinstance(value, dict):
        return _cleaned_object(value, changes)
    if isinstance(value, list):
        return [_cleaned(item, changes) for item in value]
    return value


def _cleaned_text(text: str, changes: Counter[str]) -> str:
    text, halves = SURROGATE.subn("\ufffd", text)
    if halves:
        changes[HALF_PAIR] += halves
    if "\x00" in text:
        changes[NUL] += text.count("\x00")
    return text.replace("\x00", "")


def _cleaned_object(items: dict[str, object], changes: Counter[str]) -> dict[str, object]:
    kept: dict[str, object] = {}
    for key, item in items.items():
        name = _cleaned_text(key, changes)
        if name != key and (name in kept or name in items):
            changes[CLASH] += 1
            while name in kept or name in items:
                name += "\ufffd"
        kept[name] = _cleaned(item, changes)
    return kept
