"""The forms in which an answer may speak of its rate limits.

`windows` is what Klaviyo was seen to send: the quota of the window that binds, then every
window, and whole seconds rounded down (an answer in klaviyo/klaviyo-api-python, issue 82:
`RateLimit-Limit: 10, 10;w=1, 150;w=60`, `RateLimit-Remaining: 9`, `RateLimit-Reset: 0`).
`minute` is what its documentation describes. The others are what a reader must survive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MINUTE = 60


@dataclass(frozen=True)
class Window:
    """One window of a limit, after a request was counted.

    Attributes:
        seconds: Its length.
        quota: Requests it allows.
        remaining: Requests it still allows.
        reset: Seconds until the next one begins.
    """

    seconds: int
    quota: int
    remaining: int
    reset: float


def _windows(windows: Sequence[Window]) -> dict[str, str]:
    binding = min(windows, key=lambda window: (window.remaining, -window.seconds))
    each = (f"{window.quota};w={window.seconds}" for window in windows)
    return _said(", ".join([str(binding.quota), *each]), binding)


def _reordered(windows: Sequence[Window]) -> dict[str, str]:
    binding = min(windows, key=lambda window: window.remaining)
    each = (f'{w.quota};comment="fixed";w={w.seconds};burst=0' for w in reversed(windows))
    return _said(",".join([*each, str(binding.quota)]), binding)


def _minute(windows: Sequence[Window]) -> dict[str, str]:
    minute = next(window for window in windows if window.seconds == MINUTE)
    return _said(str(minute.quota), minute)


def _said(limit: str, window: Window) -> dict[str, str]:
    return {
        "RateLimit-Limit": limit,
        "RateLimit-Remaining": str(window.remaining),
        "RateLimit-Reset": str(int(window.reset)),
    }


def _rubbish(_: Sequence[Window]) -> dict[str, str]:
    names = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
    return dict(zip(names, ("soon;w=minute, 0;w=60", "-1", "tomorrow"), strict=True))


def _nothing(_: Sequence[Window]) -> dict[str, str]:
    return {}


FORMS: dict[str, Callable[[Sequence[Window]], dict[str, str]]] = {
    "windows": _windows,
    "reordered": _reordered,
    "minute": _minute,
    "rubbish": _rubbish,
    "nothing": _nothing,
}
