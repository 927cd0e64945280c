"""Time zones: what the account calls its own, and what the aggregates endpoint knows.

Klaviyo validates a zone against a list of common ones; its API description names three that it
refuses (`Factory`, `Europe/Kyiv`, `Pacific/Kanton`), and accounts have such zones all the same.
Another zone will do if its days begin at the same moments. Zones are taken from the machine, and
from the package `tzdata` where the machine lacks one; some names are in neither any more.
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
"""Names that the time zone database has dropped, and the zones they meant."""

REFUSED = {"Europe/Kyiv": "Europe/Kiev", "Pacific/Kanton": "Pacific/Enderbury", "Factory": "UTC"}
"""Names that the endpoint refuses, by its description, and the ones it knows."""

OFFERED = 3  # zones with the same days that are offered in place of a refused one, at most
CONTINENTS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def zone_called(name: str) -> ZoneInfo | None:
    """The zone of this name, in any case and by a name it once had; None if nobody knows it."""
    try:
        return ZoneInfo(RETIRED.get(name, name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        same = _by_small_letters().get(name.strip().lower())
        return ZoneInfo(same) if same else None


def with_same_days(zone: ZoneInfo, window: Window) -> Iterator[str]:
    """Names of zones whose days of a window begin when this one's do, the likeliest first."""
    first, last = (local_day(moment, zone) for moment in window)
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
    """What a zone is called in questions about a window: its own name, while it is not refused."""

    def __init__(self, zone: ZoneInfo) -> None:
        """Begin with no name refused."""
        self._zone = zone
        self._left: dict[Window, list[str]] = {}

    def of(self, window: Window) -> str | None:
        """The name to ask in; None when every one that would do was refused."""
        own = REFUSED.get(self._zone.key, self._zone.key)
        return next(iter(self._left.get(window, [own])), None)

    def refuse(self, window: Window) -> str:
        """Note that the name is refused; returns what to say of the next one."""
        refused = self.of(window)
        if window in self._left:
            self._left[window].pop(0)
        else:
            self._left[window] = list(islice(with_same_days(self._zone, window), OFFERED))
        return (
            f"Klaviyo refuses the time zone {refused}; asked in {self.of(window)}, "
            "whose days are the same."
        )


@cache
def _by_small_letters() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}
