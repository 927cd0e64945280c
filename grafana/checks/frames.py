"""What the answer to a panel's query must look like for its kind of panel."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grafana.semantics import Frame

Json = dict[str, Any]


def misfits(panel: Json, frame: Frame) -> list[str]:
    """What is wrong with a panel's answer; an empty answer ("No data") fits everywhere."""
    if not frame.fields:
        return []
    return [
        *(f"its field styles name no column: {name}" for name in _styled(panel) - _names(frame)),
        *_KINDS[panel["type"]](frame),
    ]


def is_empty(frame: Frame) -> bool:
    """Whether the answer has no value to draw: no rows, or nothing but unknown."""
    values = [f.values for f in frame.fields if f.kind != "time"]
    return not any(value is not None for column in values for value in column)


def _names(frame: Frame) -> set[str]:
    return {field.name for field in frame.fields}


def _styled(panel: Json) -> set[str]:
    return {o["matcher"]["options"] for o in panel["fieldConfig"]["overrides"]}


def _one_row(frame: Frame) -> Iterator[str]:
    if any(len(field.values) != 1 for field in frame.fields):
        yield "a number needs one row"


def _bars(frame: Frame) -> Iterator[str]:
    if [field.kind for field in frame.fields] != ["string", "number"]:
        yield "bars need a name and a number"


def _series(frame: Frame) -> Iterator[str]:
    times, *series = frame.fields
    if times.kind != "time" or any(later <= now for now, later in pairwise(times.values)):
        yield "time must be first and ascend"
    if not series or any(field.kind != "number" for field in series):
        yield "a series must be of numbers"


def _table(frame: Frame) -> Iterator[str]:
    if len(_names(frame)) != len(frame.fields):
        yield "two columns share a name"


_KINDS: dict[str, Callable[[Frame], Iterator[str]]] = {
    "stat": _one_row,
    "bargauge": _bars,
    "timeseries": _series,
    "barchart": _series,
    "table": _table,
}


def alert_misfits(frame: Frame) -> list[str]:
    """What is wrong with an alert's rows: text columns label them, one number is compared."""
    kinds = [field.kind for field in frame.fields]
    labels = [f.values for f in frame.fields if f.kind == "string"]
    rows = list(zip(*labels, strict=True))
    problems = []
    if frame.fields and kinds.count("number") != 1:
        problems.append("an alert needs exactly one number")
    if "time" in kinds or "boolean" in kinds:
        problems.append("an alert's other columns must be text")
    if len(set(rows)) != len(rows):
        problems.append("two rows have the same labels")
    return problems
