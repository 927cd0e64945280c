"""The seed of exchange rates: the value of one unit in euros, from a day until the next row."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Context, Decimal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fx.published import Rates

SEED = Path(__file__).resolve().parent.parent / "transform/seeds/fx_rates.csv"
COLUMNS = ("currency", "valid_from", "euros_per_unit")
# The ECB publishes five or six digits.
_DIGITS = Context(prec=10)
Row = tuple[str, date, str]


def read(path: Path) -> list[Row]:
    """The rows of the seed."""
    with path.open(newline="", encoding="utf-8") as file:
        return [
            (row["currency"], date.fromisoformat(row["valid_from"]), row["euros_per_unit"])
            for row in csv.DictReader(file)
        ]


def newest(rows: list[Row]) -> date:
    """The day of the newest rate."""
    return max((valid_from for _, valid_from, _ in rows), default=date.min)


def renewed(rows: list[Row], rates: Rates, since: date) -> list[Row]:
    """The rows with published rates in the place of those of the same currencies.

    From `since` on each published day has a row; each month before it has one, of the month's
    first rate. A currency that is not published keeps its rows.
    """
    found: list[Row] = []
    for currency in dict.fromkeys(currency for currency, _, _ in rows):
        days = rates.get(currency)
        if days:
            found += ((currency, *one) for one in _thinned(days, since))
        else:
            found += (row for row in rows if row[0] == currency)
    return found


def _thinned(days: Mapping[date, Decimal], since: date) -> Iterator[tuple[date, str]]:
    known: set[date] = set()
    for day, rate in days.items():
        valid_from = day if day >= since else day.replace(day=1)
        if valid_from not in known:
            known.add(valid_from)
            yield valid_from, f"{_DIGITS.divide(Decimal(1), rate):f}"


def write(path: Path, rows: list[Row]) -> None:
    """Replace the seed; a concurrent reader finds the old one or the new one."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((currency, day.isoformat(), rate) for currency, day, rate in rows)
    other = path.with_suffix(".new")
    other.write_text(text.getvalue(), encoding="utf-8")
    other.replace(path)
