"""From Klaviyo into Postgres, the loader and the standard target in turns: `python -m bench.load`.

The same events go from the tap into Postgres, first 60,000, then 300,000. Both write durably and
with the settings of meltano.yml. `few` reads a tenth.
"""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from bench.loading import Load, drop, durable_postgres, load, median, program
from bench.run import klaviyo, tap, tap_command

if TYPE_CHECKING:
    from sandbox import Postgres

SIZES = ((60_000, 5), (300_000, 3))
LOADERS = {"standard": "target-postgres", "ours": "klaviyo-loader"}
HEAD = (
    f"{'pipeline':<34}{'seconds':>9}{'events/s':>10}{'ratio':>7}"
    f"{'cpu s':>8}{'MB':>6}{'WAL MB':>8}{'dead':>9}"
)


def main(*, few: bool) -> None:
    """Measure and print."""
    for events, rounds in SIZES:
        _compare(events // 10 if few else events, rounds)


def _compare(events: int, rounds: int) -> None:
    with (
        klaviyo(events=events) as url,
        tempfile.TemporaryDirectory() as folder,
        durable_postgres() as postgres,
    ):
        source = tap_command(Path(folder), url, 1, ("events",))
        alone = tap(url, events).seconds
        print(f"\n{events:,} events; the tap alone needs {alone:.1f} s\n{HEAD}")
        loads: dict[str, list[Load]] = {name: [] for name in LOADERS}
        for _ in range(rounds):
            for name, executable in LOADERS.items():
                command = program(postgres, Path(folder), executable, name)
                drop(postgres, name)
                loads[name].append(load(postgres, source, command, name))
                tell(f"tap | {name}", loads[name][-1], events)
        against = median(loads["standard"])
        for name in LOADERS:
            tell(f"median: tap | {name}", median(loads[name]), events, against)
        seconds = _two_at_once(events // 2, postgres)
        print(f"{'two of ours at once, half each':<34}{seconds:>9.1f}{events / seconds:>10,.0f}")


def tell(name: str, one: Load, events: int, against: Load | None = None) -> None:
    """Print a line for HEAD, with the ratio to another load."""
    ratio = f"{against.seconds / one.seconds:.1f}" if against else ""
    print(
        f"{name:<34}{one.seconds:>9.1f}{events / one.seconds:>10,.0f}{ratio:>7}"
        f"{one.cpu:>8.1f}{one.megabytes:>6.0f}{one.wal:>8.0f}{one.dead:>9,.0f}",
        flush=True,
    )


def _two_at_once(events: int, postgres: Postgres) -> float:
    """Two brands' pipelines, each with so many events."""
    with (
        klaviyo(events=events) as url,
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory() as other,
        ThreadPoolExecutor() as pool,
    ):
        sources, loaders = [], []
        for number, folder in enumerate((Path(one), Path(other))):
            sources.append(tap_command(folder, url, 1, ("events",)))
            loaders.append(program(postgres, folder, LOADERS["ours"], f"half_{number}"))
        schemas = ["half_0", "half_1"]
        runs = pool.map(load, [postgres] * 2, sources, loaders, schemas)
        return max(run.seconds for run in runs)


if __name__ == "__main__":
    main(few=sys.argv[1:] == ["few"])
