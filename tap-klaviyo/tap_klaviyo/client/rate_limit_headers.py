"""Parses the headers in which Klaviyo announces its rate limits.

Klaviyo follows an early IETF draft (draft-ietf-httpapi-ratelimit-headers-03): first the quota
of the tightest window, then every window as quota and seconds, such as

    RateLimit-Limit: 10, 10;w=1, 150;w=60
    RateLimit-Remaining: 9
    RateLimit-Reset: 0

(a response in klaviyo/klaviyo-api-python, issue 82; public clients test the same form and, for
reports, `1, 1;w=1, 2;w=60, 225;w=86400`). Klaviyo's documentation describes a single number,
the quota per minute. Headers that cannot be parsed are ignored: the documented limits apply.
"""

from __future__ import annotations

import re
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Mapping

SECOND, MINUTE, DAY = 1, 60, 86_400  # window lengths in seconds
MAX_RESET_SECONDS = DAY  # Klaviyo has no longer window; a larger value is not a duration

_QUOTA = re.compile(r"\s*([1-9]\d{0,9})\s*((?:;[^;,]*)*)")
_WINDOW = re.compile(r";\s*w\s*(?:=\s*([1-9]\d{0,9})\s*)?(?:[=;]|$)")
_NUMBER = re.compile(r"\s*(\d{1,10}(?:\.\d+)?)\s*(?:[,;].*)?")


def announced_windows(headers: Mapping[str, str]) -> dict[int, int]:
    """Requests allowed, by the window's length in seconds; empty if nothing is announced.

    A number without a window repeats the quota of one of the others. On its own, it is the
    quota per minute.
    """
    items = [_QUOTA.fullmatch(item) for item in (headers.get("RateLimit-Limit") or "").split(",")]
    windows: dict[int, int] = {}
    for item in filter(None, items):
        window = _WINDOW.search(item[2])
        if window and window[1]:
            seconds, quota = int(window[1]), int(item[1])
            windows[seconds] = min(quota, windows.get(seconds, quota))
    if len(items) == 1 and items[0] and not _WINDOW.search(items[0][2]):
        return {MINUTE: int(items[0][1])}
    return windows


def seconds_until_reset(headers: Mapping[str, str]) -> float | None:
    """Seconds until the next request is allowed; None while requests remain."""
    remaining, reset = (
        _number(headers.get(f"RateLimit-{name}")) for name in ("Remaining", "Reset")
    )
    if remaining != 0 or reset is None or reset > MAX_RESET_SECONDS:
        return None
    return reset


def _number(text: str | None) -> float | None:
    found = _NUMBER.fullmatch(text or "")
    return float(found[1]) if found else None
