"""Text that Postgres cannot hold is changed in the smallest way.

Postgres refuses NUL characters in text and `jsonb`, at any depth and in keys, and text that
is not valid Unicode. A NUL is removed; half a surrogate pair becomes U+FFFD.
"""

from __future__ import annotations

import re
import typing as t

SUSPECT = re.compile(
    rb"\\u(?:0000"
    rb"|[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB]..\\u)[dD][c-fC-F])"
)
"""The escapes of a NUL and of half a surrogate pair."""

SURROGATE = re.compile("[\ud800-\udfff]")

T = t.TypeVar("T")


def is_clean(raw: bytes) -> bool:
    """Whether an answer can be passed on as it is, byte by byte."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return SUSPECT.search(raw) is None


def clean(document: T, raw: bytes) -> T:
    """Clean a decoded JSON document.

    Args:
        document: What was decoded.
        raw: What it was decoded from: where it has nothing to clean, the document has not.

    Returns:
        The document itself, or a cleaned copy.
    """
    return t.cast("T", document if is_clean(raw) else _cleaned(document))


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return SURROGATE.sub("\ufffd", value.replace("\x00", ""))
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return value
