"""Client-side rate limiting: each request waits until Klaviyo's limits allow it.

Klaviyo counts requests per account and endpoint in several windows concurrently: a burst of one
second, a steady minute and, for reports, a day
(https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling). Klaviyo's windows are
fixed; ours slide and are slightly wider, so they never allow more requests. Documented limits
apply until a response announces others.
"""

from __future__ import annotations

import threading
import time
import typing as t
from collections import defaultdict, deque
from dataclasses import dataclass, field

from tap_klaviyo.client.rate_limit_headers import (
    DAY,
    MINUTE,
    announced_windows,
    seconds_until_reset,
)

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tap_klaviyo.client.endpoint import Endpoint


class WaitTooLong(t.NamedTuple):
    """The next request would have to wait longer than the caller accepts."""

    seconds: float


@dataclass
class _Usage:
    """One endpoint: the limits it has announced, and the requests sent or reserved."""

    announced: dict[int, int] = field(default_factory=dict)
    starts: deque[float] = field(default_factory=deque)
    paused_until: float = 0.0

    def free_from(self, windows: Iterable[tuple[int, int]]) -> float:
        """The time at which the next request fits into all of these windows."""
        return max(
            (
                self.starts[-quota] + seconds + _slack(seconds)
                for seconds, quota in windows
                if len(self.starts) >= quota
            ),
            default=0.0,
        )

    def add(self, start: float, keep: int) -> None:
        """Record a request; only the last `keep` requests can fill a window."""
        self.starts.append(start)
        while len(self.starts) > keep:
            self.starts.popleft()


class RateLimiter:
    """Schedules the requests of one account."""

    def __init__(self) -> None:
        """Start without any request sent."""
        self._usage: defaultdict[str, _Usage] = defaultdict(_Usage)
        self._lock = threading.Lock()

    def reserve(self, endpoint: Endpoint, max_wait: float) -> float | WaitTooLong:
        """Reserve the next request to an endpoint.

        Args:
            endpoint: Where the request goes.
            max_wait: The longest wait in seconds for a daily quota or for a pause that a
                response asked for. Waits for the second and minute windows are not limited.

        Returns:
            Seconds to wait before sending, 0 if none; `WaitTooLong` if that exceeds
            `max_wait`, and then nothing is reserved.
        """
        with self._lock:
            usage, windows = self._usage[endpoint.name], self._windows(endpoint)
            now = time.monotonic()
            long = [(seconds, quota) for seconds, quota in windows.items() if seconds > MINUTE]
            opens = max(now, usage.paused_until, usage.free_from(long))
            if opens - now > max_wait:
                return WaitTooLong(opens - now)
            start = max(opens, usage.free_from(windows.items()))
            usage.add(start, max(windows.values()))
            return start - now

    def update_from_headers(self, endpoint: Endpoint, headers: Mapping[str, str]) -> None:
        """Apply the limits that a response announces."""
        announced = announced_windows(headers)
        pause = seconds_until_reset(headers)
        with self._lock:
            self._usage[endpoint.name].announced.update(announced)
        if pause is not None:
            self.pause(endpoint, pause + _slack(pause))

    def pause(self, endpoint: Endpoint, seconds: float) -> None:
        """Pause all requests to an endpoint: a response asked for it."""
        with self._lock:
            usage = self._usage[endpoint.name]
            usage.paused_until = max(usage.paused_until, time.monotonic() + seconds)

    def is_paused(self, endpoint: Endpoint) -> bool:
        """Whether requests to an endpoint are paused."""
        with self._lock:
            return self._usage[endpoint.name].paused_until > time.monotonic()

    def daily_quota(self, endpoint: Endpoint) -> int:
        """Requests per day to an endpoint with a daily limit, as announced or documented."""
        with self._lock:
            return self._windows(endpoint)[DAY]

    def _windows(self, endpoint: Endpoint) -> dict[int, int]:
        return {**endpoint.windows, **self._usage[endpoint.name].announced}


def _slack(seconds: float) -> float:
    """Safety margin: clocks differ, requests overtake each other, seconds are rounded down."""
    return min(1.0, seconds / 10)
