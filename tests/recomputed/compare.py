"""Compares recomputed rows with a table, cell by cell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterable

Row = dict[str, Any]
# Floating point, or rounded after it: as near as the last place.
NEAR = {
    "trend_per_day": Decimal("0.000002"), "trend_r2": Decimal("0.000002"),
    "score_before_caps": Decimal("0.1"), "actual": Decimal("0.000002"),
    "expected": Decimal("0.000002"), "difference": Decimal("0.000002"),
    "relative_change": Decimal("0.000002"), "size": Decimal("0.000002"),
    "lower_quartile_hours": Decimal("0.0002"), "median_hours": Decimal("0.0002"),
    "upper_quartile_hours": Decimal("0.0002"),
    "score": Decimal("0.002"), "value_at_stake": Decimal("0.0002"),
}  # fmt: skip


# Of orders there may be more than messages; a person whose program shows no images clicks without
# an opening.
NO_SHARES = {"order_rate", "click_to_open_rate", "reporting_rate"}


@dataclass
class Comparison:
    """Cells compared, anomalies among them by kind and unit, and cells that differ."""

    cells: Counter[str] = field(default_factory=Counter)
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def table(
        self, database: Any, name: str, rows: Iterable[Row], key: tuple[str, ...], **also: Any
    ) -> None:
        """Hold rows against a table's rows of an account.

        Every column has to be in the rows, but for those that `also` names.
        """
        account = also["account"]
        left_out = {"account_id", *also.get("left_out", ())}
        query = sql.SQL("select * from {} where account_id = %(account)s").format(
            sql.Identifier(also.get("schema", "analytics"), name)
        )
        built = {
            tuple(row[one] for one in key): {
                column: value for column, value in row.items() if column not in left_out
            }
            for row in database.rows(query, account=account)
        }
        self.rows(f"{account} {name}", built, {tuple(row[one] for one in key): row for row in rows})

    def rows(self, name: str, built: dict[Any, Row], expected: dict[Any, Row]) -> None:
        """Hold rows against rows, by their keys."""
        for key in sorted(built.keys() ^ expected.keys(), key=repr):
            self.wrong.append(f"{name} {key}: {'in table only' if key in built else 'missing'}")
        for key in built.keys() & expected.keys():
            if name.endswith(" metric_anomalies"):
                self.kinds[built[key]["kind"], built[key]["unit"]] += 1
            self._row(f"{name} {key}", built[key], expected[key])

    def _row(self, name: str, built: Row, expected: Row) -> None:
        if built.keys() != expected.keys():
            self.wrong.append(f"{name}: columns {built.keys() ^ expected.keys()}")
        for column in built.keys() & expected.keys():
            self.cells[name.split()[1]] += 1
            if not _equal(column, built[column], expected[column]):
                self.wrong.append(f"{name} {column}: {built[column]!r} is {expected[column]!r}")
            is_share = column.endswith("_rate") and column not in NO_SHARES
            if is_share and built[column] is not None and not 0 <= built[column] <= 1:
                self.wrong.append(f"{name} {column}: {built[column]!r} is no share")


def _equal(column: str, built: Any, expected: Any) -> bool:
    if built is None or expected is None:
        return built is expected
    near = NEAR.get(column)
    if near is None and column.endswith("_score"):
        near = NEAR["score_before_caps"]
    if near is not None:
        return abs(Decimal(built) - Decimal(expected)) <= near
    return bool(built == expected)
