"""What the headers of an answer say of Klaviyo's rate limits.

Klaviyo sends the form of an early IETF draft (draft-ietf-httpapi-ratelimit-headers-03): the
quota of the window that binds, then every window as quota and seconds, such as

    RateLimit-Limit: 10, 10;w=1, 150;w=60
    RateLimit-Remaining: 9
    RateLimit-Reset: 0

(an answer in klaviyo/klaviyo-api-python, issue 82; public clients test the same form and, for
reports, `1, 1;w=1, 2;w=60, 225;w=86400`). Its documentation speaks of one number, the quota
of the minute. What cannot be read says nothing: then the documented limits stay in force.
"""

from __future__ import annotations

import re
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Mapping

SECOND, MINUTE = 1, 60
FURTHEST_RESET = 86_400  # seconds: no limit of Klaviyo's is longer than a day

_QUOTA = re.compile(r"\s*([1-9]\d{0,9})\s*((?:;[^;,]*)*)")
_WINDOW = re.compile(r";\s*w\s*(?:=\s*([1-9]\d{0,9})\s*)?(?:[=;]|$)")
_NUMBER = re.compile(r"\s*(\d{1,10}(?:\.\d+)?)\s*(?:[,;].*)?")


def announced_windows(headers: Mapping[str, str]) -> dict[int, int]:
    """Requests allowed, by the window's length in seconds; empty where nothing is said.

    A number without a window only repeats the quota of one of the others; where it is all
    that is said, it means the minute.
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


def seconds_closed(headers: Mapping[str, str]) -> float | None:
    """Seconds until the next request is allowed; None while there are some left."""
    remaining, reset = (
        _number(headers.get(f"RateLimit-{name}")) for name in ("Remaining", "Reset")
    )
    if remaining != 0 or reset is None or reset > FURTHEST_RESET:
        return None
    return reset


def _number(text: str | None) -> float | None:
    found = _NUMBER.fullmatch(text or "")
    return float(found[1]) if found else None
