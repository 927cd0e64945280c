"""Time zones: the account's own, and the names that the aggregates endpoint accepts.

Klaviyo validates a zone against a list of common ones; its API description lists three that it
rejects (`Factory`, `Europe/Kyiv`, `Pacific/Kanton`), although accounts can have them. Another zone
is equivalent if its days begin at the same times. Zones come from the operating system, and from
the package `tzdata` if it lacks one; some names are no longer in either.
"""

from __future__ import annotations

import typing as t
from datetime import timedelta
from functools import cache
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from tap_klaviyo.times import local_day, midnight

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_klaviyo.times import Window

RETIRED = {
    "Asia/Hanoi": "Asia/Bangkok",
    "Canada/East-Saskatchewan": "America/Regina",
    "US/Pacific-New": "America/Los_Angeles",
}
"""Names that the time zone database has dropped, and their successors."""

REFUSED = {"Europe/Kyiv": "Europe/Kiev", "Pacific/Kanton": "Pacific/Enderbury", "Factory": "UTC"}
"""Names that the endpoint rejects, by its description, and those it accepts instead."""

MAX_SUBSTITUTES = 3  # zones with the same days that are tried in place of a rejected one
CONTINENTS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def find_zone(name: str) -> ZoneInfo | None:
    """The zone of this name, in any case and also by a former name; None if it is unknown."""
    try:
        return ZoneInfo(RETIRED.get(name, name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        same = _by_lower_case().get(name.strip().lower())
        return ZoneInfo(same) if same else None


def with_same_days(zone: ZoneInfo, window: Window) -> Iterator[str]:
    """Names of zones whose days in a window begin when this one's do, the likeliest first."""
    first, last = (local_day(bound, zone) for bound in window)
    days = [first + timedelta(days=n) for n in range((last - first).days + 2)]
    starts = [midnight(day, zone) for day in days]
    area = zone.key.partition("/")[0]
    names = [name for name in available_timezones() if name.partition("/")[0] in CONTINENTS]
    for name in ["UTC", *sorted(names, key=lambda name: (not name.startswith(area), name))]:
        other = ZoneInfo(name)
        if name != zone.key and all(
            midnight(day, other) == start for day, start in zip(days, starts, strict=True)
        ):
            yield name


class ZoneNames:
    """The name to use for a zone in a query: its own, until Klaviyo rejects that."""

    def __init__(self, zone: ZoneInfo) -> None:
        """Start with the zone's own name."""
        self._zone = zone
        self._left: dict[Window, list[str]] = {}

    def of(self, window: Window) -> str | None:
        """The name to use for a window; None if all equivalent names were rejected."""
        own = REFUSED.get(self._zone.key, self._zone.key)
        return next(iter(self._left.get(window, [own])), None)

    def reject(self, window: Window) -> str:
        """Record that the name was rejected; returns a note about the next one."""
        rejected = self.of(window)
        if window in self._left:
            self._left[window].pop(0)
        else:
            self._left[window] = list(islice(with_same_days(self._zone, window), MAX_SUBSTITUTES))
        return (
            f"Klaviyo rejects the time zone {rejected}; {self.of(window)} is used instead, "
            "whose days are the same."
        )


@cache
def _by_lower_case() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}
