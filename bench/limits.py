"""Klaviyo's limits as `bench.klaviyo` keeps and announces them, per account and endpoint."""

from __future__ import annotations

import time
from collections import Counter

SECOND, MINUTE, DAY = 1, 60, 86_400
LIMITS = {
    "accounts": {SECOND: 1, MINUTE: 15},
    "metrics": {SECOND: 10, MINUTE: 150},
    "metric-aggregates": {SECOND: 3, MINUTE: 60},
    "mapped-metrics": {SECOND: 3, MINUTE: 60},
    "events": {SECOND: 350, MINUTE: 3500},
}
"""Requests by seconds of the window, as documented; what is not listed is not limited."""

FORMS = ("windows", "minute", "rubbish", "nothing")


class Limits:
    """Fixed windows, as Klaviyo's are.

    Attributes:
        refused: Requests that were one too many.
    """

    def __init__(self, form: str) -> None:
        """Announce the limits in one of the `FORMS`."""
        self.refused = 0
        self._form = form
        self._counts: Counter[tuple[str, str, int, int]] = Counter()
        self._sent: Counter[tuple[str, str]] = Counter()

    def admit(self, account: str, endpoint: str) -> tuple[bool, dict[str, str]]:
        """Count a request; whether it is let in, and the headers of its answer."""
        now, windows = time.time(), LIMITS.get(endpoint, {})
        keys = {seconds: (account, endpoint, seconds, int(now // seconds)) for seconds in windows}
        full = [seconds for seconds, key in keys.items() if self._counts[key] >= windows[seconds]]
        if full:
            self.refused += 1
            return False, {"Retry-After": str(int(max(full) - now % max(full)) + 1)}
        self._counts.update(keys.values())
        self._sent[account, endpoint] += 1
        left = {seconds: windows[seconds] - self._counts[key] for seconds, key in keys.items()}
        return True, self._headers(windows, left, now)

    def least_seconds(self) -> float:
        """What the limits alone ask of the requests that were let in."""
        return max(
            (_least(n, LIMITS[e]) for (_, e), n in self._sent.items() if e in LIMITS), default=0
        )

    def _headers(self, windows: dict[int, int], left: dict[int, int], now: float) -> dict[str, str]:
        if not windows or self._form == "nothing":
            return {}
        if self._form == "rubbish":
            return {"RateLimit-Limit": "soon", "RateLimit-Remaining": "?", "RateLimit-Reset": "?"}
        binding = MINUTE if self._form == "minute" else min(left, key=lambda s: (left[s], -s))
        quotas = [str(windows[binding])]
        if self._form == "windows":
            quotas += [f"{quota};w={seconds}" for seconds, quota in windows.items()]
        return {
            "RateLimit-Limit": ", ".join(quotas),
            "RateLimit-Remaining": str(left[binding]),
            "RateLimit-Reset": str(int(binding - now % binding)),
        }


def _least(requests: int, windows: dict[int, int]) -> float:
    """Seconds between the first and the last of so many requests, full minutes first."""
    minutes, rest = divmod(requests - 1, windows[MINUTE])
    return 60 * minutes + rest // windows[SECOND]
