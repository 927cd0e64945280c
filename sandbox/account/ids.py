"""Identifiers that look like Klaviyo's and depend only on seed, brand and thing."""

from __future__ import annotations

import hashlib
from uuid import UUID

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _number(*parts: object) -> int:
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")


def _digits(number: int, alphabet: str, length: int) -> str:
    out = []
    for _ in range(length):
        number, rest = divmod(number, len(alphabet))
        out.append(alphabet[rest])
    return "".join(out)


def short_id(*parts: object) -> str:
    """Six characters, as accounts, metrics, lists and flows have."""
    return _digits(_number(*parts), _BASE62, 6)


def long_id(*parts: object) -> str:
    """Twenty-six characters, as profiles, campaigns and campaign messages have."""
    return "01K" + _digits(_number(*parts), _CROCKFORD, 23)


def number_id(*parts: object) -> str:
    """Nine decimal digits, as flow actions have."""
    return str(100_000_000 + _number(*parts) % 900_000_000)


def uuid_text(*parts: object) -> str:
    """A UUID."""
    return str(UUID(int=_number(*parts) % 2**128, version=4))


def key_of(*parts: object) -> str:
    """A private API key."""
    return (
        "pk_" + hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:34]
    )
