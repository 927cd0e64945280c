"""Text that Postgres cannot hold is changed in the smallest way.

Postgres refuses NUL characters in text and `jsonb`, at any depth and in keys, and text that
is not valid Unicode. A NUL is removed; half a surrogate pair becomes U+FFFD.
"""

from __future__ import annotations

import re
import typing as t

SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
SURROGATE = re.compile("[\ud800-\udfff]")

T = t.TypeVar("T")


def clean(document: T, raw: bytes) -> T:
    """Clean a decoded JSON document.

    Args:
        document: What was decoded.
        raw: What it was decoded from: JSON can write both only as escapes, so text without
            such an escape needs no further look.

    Returns:
        The document itself, or a cleaned copy.
    """
    return t.cast("T", _cleaned(document)) if SUSPECT.search(raw) else document


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return SURROGATE.sub("\ufffd", value.replace("\x00", ""))
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return value
