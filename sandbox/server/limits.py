"""Rate limits: fixed windows per account and endpoint: a second, a minute, of some a day."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from sandbox.server.errors import ApiError
from sandbox.server.limit_headers import FORMS, MINUTE, Window

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.server.contract import Limit

_SECOND, _DAY = 1, 86_400


class RateLimiter:
    """Counts requests; windows start at full seconds, minutes and UTC days."""

    def __init__(
        self,
        factor: float = 1.0,
        clock: Callable[[], float] = time.time,
        daily_quota: int | None = None,
    ) -> None:
        """Allow `factor` times the documented limits.

        Args:
            factor: Multiplies all limits.
            clock: Gives seconds.
            daily_quota: What endpoints with a daily limit allow instead of the documented one.
        """
        self._factor = factor
        self._daily_quota = daily_quota
        self._clock = clock
        self._counts: dict[tuple[str, str, int], tuple[int, int]] = {}
        self._forms: dict[str, str] = {}

    def announce(self, account_id: str, form: str) -> None:
        """Let an account's answers speak of their limits in another of the known forms."""
        if form not in FORMS:
            message = f"no such form: {form}; known: {sorted(FORMS)}"
            raise ValueError(message)
        self._forms[account_id] = form

    def admit(self, account_id: str, endpoint: str, limit: Limit) -> dict[str, str]:
        """Count a request.

        Returns:
            The RateLimit-* headers of the answer.

        Raises:
            ApiError: 429 with Retry-After in whole seconds; such a request is not counted.
        """
        now = self._clock()
        windows = [
            self._window((account_id, endpoint, seconds), quota, now)
            for seconds, quota in self._quotas(limit).items()
        ]
        waits = [window.reset for window in windows if window.remaining < 0]
        if waits:
            raise _throttled(max(1, math.ceil(max(waits))))
        for window in windows:
            number, used = int(now // window.seconds), window.quota - window.remaining
            self._counts[account_id, endpoint, window.seconds] = (number, used)
        return FORMS[self._forms.get(account_id, "windows")](windows)

    def _quotas(self, limit: Limit) -> dict[int, int]:
        quotas = {_SECOND: self._allowed(limit.burst), MINUTE: self._allowed(limit.steady)}
        if limit.daily is not None:
            quotas[_DAY] = self._daily_quota or self._allowed(limit.daily)
        return quotas

    def _allowed(self, number: int) -> int:
        return max(1, int(number * self._factor))

    def _window(self, counted: tuple[str, str, int], quota: int, now: float) -> Window:
        """A window with this request counted; -1 remaining if that is one too many."""
        seconds = counted[2]
        number, count = self._counts.get(counted, (-1, 0))
        used = count if number == int(now // seconds) else 0
        return Window(seconds, quota, quota - used - 1, seconds - now % seconds)


def _throttled(seconds: int) -> ApiError:
    return ApiError(
        429,
        "throttled",
        "Request was throttled.",
        detail=f"Request was throttled. Expected available in {seconds} second"
        f"{'' if seconds == 1 else 's'}.",
        headers={"Retry-After": str(seconds)},
    )
