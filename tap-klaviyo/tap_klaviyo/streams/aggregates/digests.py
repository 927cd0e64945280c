"""What metric aggregates say of each local day, as a digest: two equal ones mean equal aggregates.

Aggregates are read in every run anyway, so a changed digest tells which days' events have changed
(`streams/events/unchanged.py`).
"""

from __future__ import annotations

import typing as t
from collections import defaultdict
from hashlib import blake2b

from tap_klaviyo.streams.aggregates.query import MEASUREMENTS
from tap_klaviyo.times import to_z

if t.TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from tap_klaviyo.streams.items import Record
    from tap_klaviyo.times import Window

DIGEST_BYTES = 8
DECIMALS = 6  # sums of many floats may differ beyond, though no amount does


class DayDigest(t.NamedTuple):
    """The aggregates of one day.

    Attributes:
        text: The digest.
        events: How many events the totals of all metrics count.
    """

    text: str
    events: float


class DayDigests:
    """Digests of all series of one account, built while they are read.

    A digest is a sum of hashes, so the order of reading does not matter, and a day needs no more
    memory than a number. Groups and days without events count for nothing: a new metric changes
    only the days on which it has events.

    Attributes:
        read_until: When the last series had been read; None until then, or if one is missing.
    """

    def __init__(self) -> None:
        """Start with nothing read."""
        self.read_until: datetime | None = None
        self._covered: Window | None = None
        self._hashes: dict[str, int] = defaultdict(int)
        self._events: dict[str, float] = defaultdict(float)

    def add(self, records: Iterable[Record]) -> None:
        """Add records of `metric_aggregates`."""
        for record in records:
            values = [_plain(record[name]) for name in MEASUREMENTS.values()]
            if not any(values):
                continue
            names = ("metric_id", "breakdown", "dimension_key", "period_start")
            day = record["date"]
            self._hashes[day] += _hash(*(record[name] for name in names), *values)
            if record["breakdown"] == "total":
                self._events[day] += _plain(record["count"])

    def finish(self, covered: Window, read_until: datetime) -> None:
        """Every series has been read, over this span at least: digests can be told."""
        self._covered, self.read_until = covered, read_until

    def of(self, day: date, window: Window) -> DayDigest | None:
        """The digest of a day; None if it is not known.

        Args:
            day: The local day.
            window: Its beginning and end, which are part of the digest: the day of another time
                zone is another day.
        """
        if self._covered is None:
            return None
        if window.start < self._covered.start or self._covered.end < window.end:
            return None
        name = day.isoformat()
        total = self._hashes.get(name, 0) + _hash(*map(to_z, window))
        text = f"{total % (1 << 8 * DIGEST_BYTES):0{2 * DIGEST_BYTES}x}"
        return DayDigest(text, self._events.get(name, 0))


def _plain(value: object) -> float:
    """A number in one form: 1 and 1.0 are the same, and a missing one is none at all."""
    return round(float(value), DECIMALS) if isinstance(value, (int, float)) else 0.0


def _hash(*parts: object) -> int:
    text = "\x1f".join(map(repr, parts))
    return int.from_bytes(
        blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest(), "big"
    )
