"""Panels: a function per kind, each giving the JSON that Grafana reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grafana.authoring import drawing
from grafana.authoring.looks import BARS, CHANGE, DECIMALS, PALETTE, PLAIN, SERIES, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Json = dict[str, Any]
SOURCE: Json = {"type": "grafana-postgresql-datasource", "uid": "warehouse"}
_QUERY: Json = {
    "refId": "A",
    "datasource": SOURCE,
    "rawQuery": True,
    "editorMode": "code",
}
WEEK_START = "time:ddd D MMM"  # Mon 3 Nov: read alike in Europe and America
DAY = "time:D MMM"


def row(title: str) -> Json:
    """A heading over the panels that follow."""
    return {
        "type": "row",
        "title": title,
        "collapsed": False,
        "panels": [],
        "gridPos": {"w": 24, "h": 1},
    }


def text(markdown: str, *, w: int, h: int, title: str = "") -> Json:
    """A note, in Markdown."""
    return {
        "type": "text",
        "title": title,
        "description": "",
        "transparent": not title,
        "gridPos": {"w": w, "h": h},
        "options": {"mode": "markdown", "content": markdown.strip()},
    }


def stat(
    title: str,
    sql: str,
    unit: str,
    about: str,
    *,
    w: int,
    h: int = 4,
    words: bool = False,
    size: int = 30,
    unknown_as: str = "no data",
    **looks: Any,
) -> Json:
    """One number, or with `words` one text, from a query with one row.

    `looks` are field defaults: decimals, thresholds. What is not known is shown as `unknown_as`,
    in grey: the first of the thresholds' colours would call it good or bad.
    """
    options = {
        **drawing.STAT,
        "text": {"titleSize": 12, "valueSize": size},
        "reduceOptions": {**drawing.REDUCED, "fields": "/.*/" if words else ""},
    }
    defaults = {
        "color": {"mode": "thresholds"}, "thresholds": PLAIN, "mappings": [unknown(unknown_as)],
        "noValue": unknown_as, **_decimals(unit), **looks,
    }  # fmt: skip
    return _panel("stat", title, sql, "table", unit, about, (w, h), options, defaults)


def headline(title: str, sql: str, unit: str, about: str) -> Json:
    """A number and its change in words, from a query that `sql.compared` wrote."""
    panel = stat(title, sql, unit, about, w=5, words=True, size=20)
    panel["options"] |= {"textMode": "value_and_name", "orientation": "vertical"}
    panel["fieldConfig"]["overrides"] = [override("vs before", unit="string", mappings=CHANGE)]
    return panel


def bars(
    title: str,
    sql: str,
    unit: str,
    about: str,
    *,
    w: int,
    h: int,
    **looks: Any,
) -> Json:
    """A horizontal bar per row: a text column with the name, a number with the value.

    With a `max`, what is missing to it is shown too.
    """
    options = {**drawing.BAR_GAUGE, "showUnfilled": "max" in looks}
    color = {"mode": "fixed", "fixedColor": BARS}
    defaults = {"min": 0, "color": color, **_decimals(unit), **looks}
    return _panel("bargauge", title, sql, "table", unit, about, (w, h), options, defaults)


def lines(
    title: str,
    sql: str,
    unit: str,
    about: str,
    *,
    w: int,
    h: int,
    from_zero: bool = True,
    series: Sequence[str] = (),
    **looks: Any,
) -> Json:
    """Something over time, a line per series.

    `series` are the names of the series, where they are known and have a colour of their own.
    """
    custom = {**drawing.LINE, **looks.pop("custom", {})}
    zero = {"min": 0} if from_zero else {}
    defaults = {"color": PALETTE, "custom": custom, **zero, **_decimals(unit), **looks}
    panel = _panel(
        "timeseries", title, sql, "time_series", unit, about, (w, h), drawing.LINES, defaults
    )
    panel["fieldConfig"]["overrides"] = _coloured(series)
    return panel


def columns(
    title: str,
    sql: str,
    unit: str,
    about: str,
    *,
    w: int,
    h: int,
    label: str = WEEK_START,
    series: Sequence[str] = (),
    **looks: Any,
) -> Json:
    """The parts of a sum by week or day: a column for each, labelled with its first day.

    A time axis would put its labels where it likes, and shorten the first and last column.
    """
    custom = {"lineWidth": 0, "fillOpacity": 85, "axisSoftMin": 0}
    defaults = {"color": PALETTE, "custom": custom, **_decimals(unit), **looks}
    panel = _panel(
        "barchart", title, sql, "time_series", unit, about, (w, h), drawing.COLUMNS, defaults
    )
    panel["fieldConfig"]["overrides"] = [override("Time", unit=label), *_coloured(series)]
    return panel


def _coloured(series: Sequence[str]) -> list[Json]:
    return [override(name, color={"mode": "fixed", "fixedColor": SERIES[name]}) for name in series]


def _decimals(unit: str) -> Json:
    return {"decimals": DECIMALS[unit]} if unit in DECIMALS else {}


def table(
    title: str,
    sql: str,
    about: str,
    columns: Mapping[str, Json],
    *,
    w: int,
    h: int,
    empty: str = "",
) -> Json:
    """Rows; `columns` says unit and looks by column name, for those that need some.

    Where no row is good news, `empty` says so in words.
    """
    options = {"showHeader": True, "cellHeight": "sm"}
    defaults: Json = {"custom": {"align": "auto", "filterable": False, "minWidth": 60}}
    if empty:
        # Grafana shows it for unknown cells too, where they are not told otherwise.
        defaults["noValue"] = empty
        columns = {name: {**column, "noValue": "-"} for name, column in columns.items()}
    panel = _panel("table", title, sql, "table", "none", about, (w, h), options, defaults)
    panel["fieldConfig"]["overrides"] = [override(name, **c) for name, c in columns.items()]
    return panel


def override(name: str, **properties: Any) -> Json:
    """Properties of one field; `custom__width` means `custom.width`."""
    listed = [{"id": k.replace("__", "."), "value": v} for k, v in properties.items()]
    return {"matcher": {"id": "byName", "options": name}, "properties": listed}


def _panel(
    kind: str,
    title: str,
    sql: str,
    wanted: str,
    unit: str,
    about: str,
    size: tuple[int, int],
    options: Json,
    defaults: Json,
) -> Json:
    return {
        "type": kind,
        "title": title,
        "description": " ".join(about.split()),
        "datasource": SOURCE,
        "targets": [{**_QUERY, "format": wanted, "rawSql": sql.strip()}],
        "gridPos": {"w": size[0], "h": size[1]},
        "options": options,
        "fieldConfig": {"defaults": {"unit": unit, **defaults}, "overrides": []},
    }
