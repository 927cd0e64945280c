"""Rows into the data frame that Grafana's server answers with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

# Postgres type ids; everything else reaches Grafana as text.
_KINDS = {
    16: "boolean",
    **dict.fromkeys((20, 21, 23, 700, 701, 1700), "number"),
    **dict.fromkeys((1082, 1114, 1184), "time"),
}
_EPOCH_SECONDS = (1e9, 1e10)  # numbers in a column `time` that Grafana takes for seconds


class NoTimeColumn(ValueError):
    """A time series without a column named `time`."""


class Unsorted(ValueError):
    """A time series with labels whose rows are not in ascending order of time."""


@dataclass(frozen=True)
class Field:
    """A column: its name, kind (number, time, string or boolean), labels and values."""

    name: str
    kind: str
    values: list[Any]
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Frame:
    """The answer to one query; no fields at all when there are no rows ("No data")."""

    ref: str
    sql: str
    fields: list[Field]

    def as_json(self) -> dict[str, Any]:
        """The frame as `/api/ds/query` writes it; times in milliseconds since 1970."""
        described = [
            {"name": f.name, "type": f.kind} | ({"labels": f.labels} if f.labels else {})
            for f in self.fields
        ]
        return {
            "schema": {
                "refId": self.ref,
                "meta": {"executedQueryString": self.sql},
                "fields": described,
            },
            "data": {"values": [f.values for f in self.fields]},
        }


def to_frame(
    columns: Sequence[Any], rows: Sequence[Sequence[Any]], wanted: str, *, ref: str, sql: str
) -> Frame:
    """Make the frame of a query's result.

    Args:
        columns: The cursor's description: `name` and `type_code` of each column.
        rows: The rows.
        wanted: `table` or `time_series`.
        ref: The query's letter in its panel.
        sql: What was run; Grafana shows it in the query inspector.

    Raises:
        NoTimeColumn: Asked for a time series without a column `time`.
        Unsorted: Its rows are out of order.
    """
    if not rows:
        return Frame(ref, sql, [])
    fields = [
        _field(column.name, _KINDS.get(column.type_code, "string"), [row[n] for row in rows])
        for n, column in enumerate(columns)
    ]
    if wanted == "time_series":
        fields = _series(fields)
    return Frame(ref, sql, fields)


def _field(name: str, kind: str, raw: list[Any]) -> Field:
    values = [_cell(value) for value in raw]
    if name == "time" and kind == "number":
        values = [_milliseconds(value) for value in values]
        kind = "time"
    return Field(name, kind, values)


def _cell(value: Any) -> Any:  # noqa: ANN401 (whatever a database returns)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        return int(aware.timestamp() * 1000)
    if isinstance(value, date):
        return (
            int(datetime(value.year, value.month, value.day, tzinfo=timezone.utc).timestamp())
            * 1000
        )
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _milliseconds(value: float | None) -> float | None:
    seconds = value is not None and _EPOCH_SECONDS[0] <= value < _EPOCH_SECONDS[1]
    return value * 1000 if seconds and value is not None else value


def _series(fields: list[Field]) -> list[Field]:
    times = next((f for f in fields if f.name == "time"), None)
    if times is None:
        message = "db has no time column: time column is missing"
        raise NoTimeColumn(message)
    labels = [f for f in fields if f.kind == "string"]
    if not labels:
        return [Field("Time", f.kind, f.values) if f is times else f for f in fields]
    if any(later < earlier for earlier, later in pairwise(times.values)):
        message = "failed to convert long to wide series: rows must be sorted ascending by time"
        raise Unsorted(message)
    numbers = [f for f in fields if f is not times and f not in labels]
    return _wide(times, labels, numbers)


def _wide(times: Field, labels: list[Field], numbers: list[Field]) -> list[Field]:
    """One field per number and combination of labels, over the distinct times."""
    moments = sorted(set(times.values))
    place = {moment: n for n, moment in enumerate(moments)}
    series: dict[tuple[str, tuple[str, ...]], list[Any]] = {}
    for row, moment in enumerate(times.values):
        key = tuple(str(label.values[row]) for label in labels)
        for number in numbers:
            values = series.setdefault((number.name, key), [None] * len(moments))
            values[place[moment]] = number.values[row]
    names = [label.name for label in labels]
    by_metric = names == ["metric"] and len(numbers) == 1
    return [Field("Time", "time", moments)] + [
        Field(key[0], "number", values)
        if by_metric
        else Field(name, "number", values, dict(zip(names, key, strict=True)))
        for (name, key), values in series.items()
    ]
