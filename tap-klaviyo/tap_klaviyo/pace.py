"""Klaviyo's rate limits, kept on our side.

Klaviyo counts requests per account and endpoint in two windows at once: a burst of one
second and a steady minute (https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling).
Its windows are fixed, ours slide, so that ours are never the wider ones. Documented limits hold
until an answer announces others; when other programs have used up an account's minute, its
answers say so, and the next request waits for the next minute instead of being refused.
"""

from __future__ import annotations

import re
import threading
import time
import typing as t
from collections import defaultdict, deque

if t.TYPE_CHECKING:
    from collections.abc import Mapping

BURST_SECONDS = 1.1
STEADY_SECONDS = 61.0


class Limit(t.NamedTuple):
    """How often an endpoint may be called for one account.

    Attributes:
        name: What shares the limit, such as `events`.
        burst: Requests in a second.
        steady: Requests in a minute.
    """

    name: str
    burst: int
    steady: int


class Pace:
    """Tells each request of one account when it may start."""

    def __init__(self) -> None:
        """Begin with no request made."""
        self._starts: defaultdict[str, deque[float]] = defaultdict(deque)
        self._announced: dict[str, int] = {}
        self._closed_until: defaultdict[str, float] = defaultdict(float)
        self._lock = threading.Lock()

    def reserve(self, limit: Limit) -> float:
        """Book the next free place.

        Returns:
            Seconds to wait before the request may be sent, 0 if none.
        """
        with self._lock:
            steady = self._announced.get(limit.name, limit.steady)
            burst = max(1, limit.burst * steady // limit.steady)
            starts = self._starts[limit.name]
            now = time.monotonic()
            start = max(now, self._closed_until[limit.name])
            if len(starts) >= burst:
                start = max(start, starts[-burst] + BURST_SECONDS)
            if len(starts) >= steady:
                start = max(start, starts[-steady] + STEADY_SECONDS)
            starts.append(start)
            while len(starts) > steady:
                starts.popleft()
            return start - now

    def learn(self, limit: Limit, headers: Mapping[str, str]) -> None:
        """Take over what an answer says of its limit (`RateLimit-*`, the steady minute)."""
        steady, remaining, reset = (
            _number(headers.get(f"RateLimit-{name}")) for name in ("Limit", "Remaining", "Reset")
        )
        with self._lock:
            if steady:
                self._announced[limit.name] = steady
            if remaining == 0 and reset is not None:
                self._closed_until[limit.name] = time.monotonic() + reset


def _number(text: str | None) -> int | None:
    """The first number of a header such as `60` or `60, 60;w=60`; None without one."""
    digits = re.match(r"\d+", text or "")
    return int(digits[0]) if digits else None
