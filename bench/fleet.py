"""On paper: the daily run of 500 brands on ten workers, from what `bench.shards` has measured.

Not a measurement. A worker runs one shard after another, and a shard takes the time of its
processes on one core; what one Postgres needs to store it all is a line of its own. Brands differ
in size as shops do (log-normal, a fixed seed); 60 aggregates a minute and account are allowed.
"""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass
from math import exp

from tap_klaviyo.config.shards import shard_of

BRANDS, WORKERS = 500, 10
COUNTS = (10, 20, 50, 100, 500)
EVENTS = 1_000_000_000  # of all brands, a year
LOOK_BACK = 8  # days that a run reads
SIZES = 1.5  # sigma of the logarithm
METRICS, BY_MINUTE = 40, 60
STORED = 23_200  # rows a second into one Postgres of a busy machine, measured by `bench.load`


@dataclass(frozen=True)
class Costs:
    """What a run takes, in seconds of processor time.

    Attributes:
        start: A process of its own: checks, Meltano, tap and loader until the first record.
        row: A record, from Klaviyo's answer to the table.
    """

    start: float
    row: float

    def told(self) -> str:
        """As a line."""
        return (
            f"A process costs {self.start:.1f} s of processor time, a row {self.row * 1e6:.0f} µs"
        )


def table(costs: Costs) -> str:
    """The duration of a day by the number of shards."""
    lines = [
        f"Extrapolation: {BRANDS} brands, {EVENTS:,} events a year, {WORKERS} workers of one core",
        f"{'shards':>6}{'longest shard min':>19}{'whole day min':>15}{'of it start-up':>16}",
    ]
    rows = _rows()
    for count in COUNTS:
        shards = [0.0] * count
        for number, own in enumerate(rows):
            shards[shard_of(f"brand {number}", count) - 1] += own * costs.row
        times = [max(costs.start + work, _least()) for work in shards]
        share = count * costs.start / sum(times)
        lines.append(f"{count:>6}{max(times) / 60:>19.1f}{_day(times) / 60:>15.1f}{share:>16.0%}")
    stored = sum(rows) / STORED / 60
    lines.append(f"One Postgres of two cores needs {stored:.1f} min for {sum(rows):,.0f} rows")
    return "\n".join(lines)


def _rows() -> list[float]:
    """Records of each brand in a daily run: its events, and a number a day for each metric."""
    chance = random.Random(500)  # noqa: S311 - a fixed division, not a secret
    sizes = [exp(chance.gauss(0, SIZES)) for _ in range(BRANDS)]
    of_size = EVENTS / 365 * LOOK_BACK / sum(sizes)
    return [size * of_size + METRICS * LOOK_BACK for size in sizes]


def _least() -> float:
    """Seconds that the limit on aggregates asks of a brand, however small."""
    return 60.0 * (METRICS - 1) / BY_MINUTE


def _day(times: list[float]) -> float:
    """Seconds until the last worker ends, each taking the next shard when it is done."""
    workers = [0.0] * WORKERS
    for seconds in times:
        heapq.heapreplace(workers, workers[0] + seconds)
    return max(workers)
