"""Renew the exchange rates from the European Central Bank's published file."""

from __future__ import annotations

import argparse
import sys
from datetime import date, datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from fx import published, seed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fx.published import Rates
    from fx.seed import Row

DAILY_SINCE = date(2023, 1, 1)
# A rate is not published on weekends and some holidays.
QUIET_DAYS = 10


def main(arguments: list[str]) -> int:
    """Renew the seed; 1 if it stays as it was."""
    parser = argparse.ArgumentParser("python -m fx", description=__doc__)
    parser.add_argument(
        "source", nargs="?", default=published.URL,
        help="a path or an address of eurofxref-hist.csv or .zip (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--since", type=date.fromisoformat, default=DAILY_SINCE,
        help="one rate a day from this day on, one a month before (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--seed", type=Path, default=seed.SEED, help="default: %(default)s")
    chosen = parser.parse_args(arguments)
    rows = seed.read(chosen.seed)
    today = datetime.now(timezone.utc).date()
    try:
        renewed = _renewed(rows, published.read(chosen.source), chosen.since)
    except published.UnreadableError as error:
        sys.stderr.write(f"{error}\nNothing was written. {_age(rows, today)}\n")
        return 1
    seed.write(chosen.seed, renewed)
    for line in _summary(renewed, today):
        sys.stdout.write(f"{line}\n")
    return 0


def _renewed(rows: list[Row], rates: Rates, since: date) -> list[Row]:
    found = seed.renewed(rows, rates, since)
    if seed.newest(found) < seed.newest(rows):
        message = f"The file ends on {seed.newest(found)}, before the rates that are there."
        raise published.UnreadableError(message)
    return found


def _age(rows: list[Row], today: date) -> str:
    day = seed.newest(rows)
    return f"The newest rate is of {day}, {(today - day).days} days ago."


def _summary(rows: list[Row], today: date) -> Iterator[str]:
    newest = seed.newest(rows)
    yield f"{len(rows)} rates. {_age(rows, today)}"
    for currency in sorted({currency for currency, _, _ in rows} - {"EUR"}):
        last = max(day for one, day, _ in rows if one == currency)
        if (newest - last).days > QUIET_DAYS:
            yield f"{currency} has no rate after {last}: later amounts are converted with that one."
    yield "The next build uses them."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
