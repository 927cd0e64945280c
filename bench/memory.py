"""Peak memory of the tap against the number of events: `python -m bench.memory [few]`."""

from __future__ import annotations

import sys

from bench.run import klaviyo, table, tap


def main(*, few: bool) -> None:
    """Measure and print."""
    rows = []
    for events in (10_000, 50_000) if few else (100_000, 1_000_000, 5_000_000):
        with klaviyo(events=events) as url:
            rows.append((f"{events:,} events", tap(url, events)))
    print(table(rows, rows[0][1]))


if __name__ == "__main__":
    main(few=sys.argv[1:] == ["few"])
