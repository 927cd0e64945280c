"""Klaviyo's rate limits, kept on our side.

Klaviyo counts requests per account and endpoint in two windows at once: a burst of one
second and a steady minute (https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling).
Its windows are fixed, ours slide, so that ours are never the wider ones.
"""

from __future__ import annotations

import threading
import time
import typing as t
from collections import deque

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
        self._starts: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def reserve(self, limit: Limit) -> float:
        """Book the next free place.

        Returns:
            Seconds to wait before the request may be sent, 0 if none.
        """
        with self._lock:
            starts = self._starts.setdefault(limit.name, deque(maxlen=limit.steady))
            now = time.monotonic()
            start = now
            if len(starts) >= limit.burst:
                start = max(start, starts[-limit.burst] + BURST_SECONDS)
            if len(starts) == limit.steady:
                start = max(start, starts[0] + STEADY_SECONDS)
            starts.append(start)
            return start - now
