"""Klaviyo's rate limits, kept on our side.

Klaviyo counts requests per account and endpoint in several windows at once: a burst of one
second, a steady minute and, for reports, a day
(https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling). Its windows are
fixed, ours slide and are a little wider, so that ours never let through more. Documented
limits hold until an answer announces others.
"""

from __future__ import annotations

import threading
import time
import typing as t
from collections import defaultdict, deque
from dataclasses import dataclass, field

from tap_klaviyo.client.rate_limit_headers import MINUTE, SECOND, announced_windows, seconds_closed

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DAY = 86_400


class Limit(t.NamedTuple):
    """How often an endpoint may be called for one account.

    Attributes:
        name: What shares the limit, such as `events`.
        burst: Requests in a second.
        steady: Requests in a minute.
        daily: Requests in a day; None where only the other two are limited.
    """

    name: str
    burst: int
    steady: int
    daily: int | None = None

    @property
    def windows(self) -> dict[int, int]:
        """Requests allowed, by the window's length in seconds."""
        windows = {SECOND: self.burst, MINUTE: self.steady}
        return windows if self.daily is None else {**windows, DAY: self.daily}


class TooLong(t.NamedTuple):
    """The endpoint opens again later than anybody is ready to wait."""

    seconds: float


@dataclass
class _Book:
    """The requests to one endpoint: which limits hold, and what has been sent or reserved."""

    announced: dict[int, int] = field(default_factory=dict)
    starts: deque[float] = field(default_factory=deque)
    closed_until: float = 0.0

    def free_from(self, windows: Iterable[tuple[int, int]]) -> float:
        """When the next request fits into all of these windows."""
        return max(
            (
                self.starts[-quota] + seconds + _slack(seconds)
                for seconds, quota in windows
                if len(self.starts) >= quota
            ),
            default=0.0,
        )

    def add(self, start: float, longest: int) -> None:
        """Note a request; only the last `longest` ones can matter."""
        self.starts.append(start)
        while len(self.starts) > longest:
            self.starts.popleft()


class Pace:
    """Tells each request of one account when it may start."""

    def __init__(self) -> None:
        """Begin with no request made."""
        self._books: defaultdict[str, _Book] = defaultdict(_Book)
        self._lock = threading.Lock()

    def reserve(self, limit: Limit, patience: float) -> float | TooLong:
        """Reserve the next free place.

        Args:
            limit: The endpoint's documented limit.
            patience: Seconds to wait at most for a day's quota or for what an answer has
                announced; the endpoint's second and minute are waited for in any case.

        Returns:
            Seconds to wait before the request may be sent, 0 if none; `TooLong` where
            patience would run out, and then no place is taken.
        """
        with self._lock:
            book, windows = self._books[limit.name], self._windows(limit)
            now = time.monotonic()
            long = [(seconds, quota) for seconds, quota in windows.items() if seconds > MINUTE]
            opens = max(now, book.closed_until, book.free_from(long))
            if opens - now > patience:
                return TooLong(opens - now)
            start = max(opens, book.free_from(windows.items()))
            book.add(start, max(windows.values()))
            return start - now

    def learn(self, limit: Limit, headers: Mapping[str, str]) -> None:
        """Take over what an answer says of its limits."""
        announced = announced_windows(headers)
        closed = seconds_closed(headers)
        with self._lock:
            self._books[limit.name].announced.update(announced)
        if closed is not None:
            self.close(limit, closed + _slack(closed))

    def close(self, limit: Limit, seconds: float) -> None:
        """Send nothing to an endpoint for so many seconds: an answer asks for it."""
        with self._lock:
            book = self._books[limit.name]
            book.closed_until = max(book.closed_until, time.monotonic() + seconds)

    def is_closed(self, limit: Limit) -> bool:
        """Whether an answer has asked to send nothing to an endpoint yet."""
        with self._lock:
            return self._books[limit.name].closed_until > time.monotonic()

    def daily_quota(self, limit: Limit) -> int:
        """Requests a day that an endpoint with a daily limit allows, as announced or documented."""
        with self._lock:
            return self._windows(limit)[DAY]

    def _windows(self, limit: Limit) -> dict[int, int]:
        return {**limit.windows, **self._books[limit.name].announced}


def _slack(seconds: float) -> float:
    """What a wait is longer by: clocks differ, requests overtake, seconds are rounded down."""
    return min(1.0, seconds / 10)
