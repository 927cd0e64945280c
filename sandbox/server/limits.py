"""Rate limits: fixed windows per account and endpoint: a second, a minute, of some a day."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from sandbox.server.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.server.contract import Limit

_SECOND, _MINUTE, _DAY = 1, 60, 86_400


class RateLimiter:
    """Counts requests; windows start at full seconds, minutes and UTC days."""

    def __init__(self, factor: float = 1.0, clock: Callable[[], float] = time.time) -> None:
        """Allow `factor` times the documented limits; `clock` gives seconds."""
        self._factor = factor
        self._clock = clock
        self._counts: dict[tuple[str, str, int], tuple[int, int]] = {}

    def admit(self, account_id: str, endpoint: str, limit: Limit) -> dict[str, str]:
        """Count a request.

        Returns:
            The RateLimit-* headers of the answer; they describe the minute.

        Raises:
            ApiError: 429 with Retry-After in whole seconds; such a request is not counted.
        """
        now = self._clock()
        steady = self._allowed(limit.steady)
        windows = [(_SECOND, self._allowed(limit.burst)), (_MINUTE, steady)]
        if limit.daily is not None:
            windows.append((_DAY, self._allowed(limit.daily)))
        used = [self._used(account_id, endpoint, window, now) for window, _ in windows]
        waits = [
            self._rest(window, now)
            for (window, allowed), count in zip(windows, used, strict=True)
            if count >= allowed
        ]
        if waits:
            raise _throttled(max(waits))
        for (window, _), count in zip(windows, used, strict=True):
            self._counts[account_id, endpoint, window] = (int(now // window), count + 1)
        return {
            "RateLimit-Limit": str(steady),
            "RateLimit-Remaining": str(steady - used[1] - 1),
            "RateLimit-Reset": str(self._rest(_MINUTE, now)),
        }

    def _allowed(self, number: int) -> int:
        return max(1, int(number * self._factor))

    def _used(self, account_id: str, endpoint: str, window: int, now: float) -> int:
        number, count = self._counts.get((account_id, endpoint, window), (-1, 0))
        return count if number == int(now // window) else 0

    @staticmethod
    def _rest(window: int, now: float) -> int:
        return max(1, math.ceil(window - now % window))


def _throttled(seconds: int) -> ApiError:
    return ApiError(
        429,
        "throttled",
        "Request was throttled.",
        detail=f"Request was throttled. Expected available in {seconds} second"
        f"{'' if seconds == 1 else 's'}.",
        headers={"Retry-After": str(seconds)},
    )
