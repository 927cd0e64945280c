"""Replaces what Postgres cannot store with the closest it can, and counts the replacements.

Postgres rejects NUL characters in text and `jsonb`, at any depth and in keys, and text that
is not valid Unicode; JSON itself has no NaN. A NUL is removed, half a surrogate pair becomes
U+FFFD, NaN and infinity become null. Numbers of any size are kept.
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
"""Matches an escaped NUL and half a surrogate pair; after a backslash, a whole pair as well."""

SURROGATE = re.compile("[\ud800-\udfff]")

NUL = "NUL characters removed"
HALF_PAIR = "halves of surrogate pairs replaced by U+FFFD"
NOT_FINITE = "NaN and infinite numbers replaced by null"
CLASH = "keys that became equal kept apart by U+FFFD"


def is_clean(raw: bytes) -> bool:
    """Whether a response body needs no replacement and can be copied byte by byte."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return SUSPECT.search(raw) is None


def load_json(raw: bytes, changes: Counter[str]) -> object:
    """Decode JSON into values a database can store.

    Args:
        raw: The response body.
        changes: Where each replacement is counted, by kind.

    Raises:
        ValueError: It is not JSON, or incomplete.
    """

    def null(_: str) -> None:
        changes[NOT_FINITE] += 1

    document = json.loads(raw, parse_float=_number, parse_constant=null)
    return document if is_clean(raw) else _sanitized(document, changes)


def _number(text: str) -> float | Decimal:
    """A float, or a Decimal if it would overflow: JSON and Postgres both accept `1e400`."""
    number = float(text)
    return number if math.isfinite(number) else Decimal(text)


def _sanitized(value: object, changes: Counter[str]) -> object:
    if isinstance(value, str):
        return _sanitized_text(value, changes)
    if isinstance(value, dict):
        return _sanitized_object(value, changes)
    if isinstance(value, list):
        return [_sanitized(item, changes) for item in value]
    return value


def _sanitized_text(text: str, changes: Counter[str]) -> str:
    text, halves = SURROGATE.subn("\ufffd", text)
    if halves:
        changes[HALF_PAIR] += halves
    if "\x00" in text:
        changes[NUL] += text.count("\x00")
    return text.replace("\x00", "")


def _sanitized_object(items: dict[str, object], changes: Counter[str]) -> dict[str, object]:
    kept: dict[str, object] = {}
    for key, item in items.items():
        name = _sanitized_text(key, changes)
        if name != key and (name in kept or name in items):
            changes[CLASH] += 1
            while name in kept or name in items:
                name += "\ufffd"
        kept[name] = _sanitized(item, changes)
    return kept
