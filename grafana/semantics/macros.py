"""Globals and macros in a query: done by Grafana's server, after the variables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# Text in quotes is left alone, whatever it holds.
_COMMENT = re.compile(r"('(?:[^']|'')*'|\"[^\"]*\")|--[^\n]*|/\*.*?\*/", flags=re.DOTALL)
# The first closing bracket ends a macro, so no function can be called inside one.
_MACRO = re.compile(r"\$([_a-zA-Z0-9]+)\(([^)]*)\)")
_INTERVAL = re.compile(r"(\d+)(ms|[yMwdhms])")
_SECONDS = {
    "y": 31_536_000, "M": 2_629_800, "w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1,
    "ms": 0.001,
}  # fmt: skip
_SHOWN_UNITS = ("y", "d", "h", "m", "s")
DAY_MS = 86_400_000


class MacroError(ValueError):
    """What Grafana answers to a macro that it does not know or cannot read."""


@dataclass(frozen=True)
class TimeRange:
    """The dashboard's time range: both ends belong to it; aware datetimes."""

    start: datetime
    end: datetime


def expand(sql: str, asked: TimeRange, interval_ms: int = DAY_MS) -> str:
    """Take out comments, then replace globals and macros.

    Args:
        sql: A query whose variables are replaced already.
        asked: The time range.
        interval_ms: Grafana's idea of a good bucket width, from range and panel width.

    Raises:
        MacroError: An unknown macro, or one with the wrong arguments.
    """
    sql = _COMMENT.sub(lambda found: found[1] or "", sql)
    sql = sql.replace("$__interval_ms", str(interval_ms))
    sql = sql.replace("$__interval", _interval_text(interval_ms))

    def replace(found: re.Match[str]) -> str:
        name, arguments = found[1], [part.strip(" ") for part in found[2].split(",")]
        if name == "__timeGroup" and sql[found.end() :].startswith(","):
            name = "__timeGroupAlias"
        if name not in _MACROS:
            message = f'unknown macro "{name}"'
            raise MacroError(message)
        return _MACROS[name](arguments, asked)

    return _MACRO.sub(replace, sql)


def _interval_text(milliseconds: int) -> str:
    for unit in _SHOWN_UNITS:
        width = _SECONDS[unit] * 1000
        if milliseconds >= width:
            return f"{int(milliseconds // width)}{unit}"
    return f"{max(milliseconds, 1)}ms"


def _instant(moment: datetime) -> str:
    moment = moment.astimezone(timezone.utc)
    fraction = f".{moment.microsecond:06d}".rstrip("0") if moment.microsecond else ""
    return f"'{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z'"


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())


def _grouped(arguments: list[str], template: str) -> str:
    if len(arguments) not in (2, 3):
        message = "a group macro needs a column, an interval and at most a fill value"
        raise MacroError(message)
    interval = _INTERVAL.fullmatch(arguments[1].strip("'"))
    if interval is None:
        message = f"error parsing interval {arguments[1]}"
        raise MacroError(message)
    seconds = int(interval[1]) * _SECONDS[interval[2]]
    shown = int(seconds) if float(seconds).is_integer() else seconds
    return template.format(column=arguments[0], seconds=shown)


_TIME_GROUP = "floor(extract(epoch from {column})/{seconds})*{seconds}"
_EPOCH_GROUP = "floor(({column})/{seconds})*{seconds}"
_MACROS: dict[str, Callable[[list[str], TimeRange], str]] = {
    "__time": lambda a, _: f'{a[0]} AS "time"',
    "__timeEpoch": lambda a, _: f'extract(epoch from {a[0]}) as "time"',
    "__timeFilter": lambda a, r: f"{a[0]} BETWEEN {_instant(r.start)} AND {_instant(r.end)}",
    "__timeFrom": lambda _, r: _instant(r.start),
    "__timeTo": lambda _, r: _instant(r.end),
    "__timeGroup": lambda a, _: _grouped(a, _TIME_GROUP),
    "__timeGroupAlias": lambda a, _: _grouped(a, _TIME_GROUP) + ' AS "time"',
    "__unixEpochFilter": lambda a, r: f"{a[0]} >= {_epoch(r.start)} AND {a[0]} <= {_epoch(r.end)}",
    "__unixEpochFrom": lambda _, r: str(_epoch(r.start)),
    "__unixEpochTo": lambda _, r: str(_epoch(r.end)),
    "__unixEpochGroup": lambda a, _: _grouped(a, _EPOCH_GROUP),
    "__unixEpochGroupAlias": lambda a, _: _grouped(a, _EPOCH_GROUP) + ' AS "time"',
}
