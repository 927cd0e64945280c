"""Panels: a function per kind, each giving the JSON that Grafana reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grafana.authoring.looks import CHANGE, PLAIN, RATE, SERIES

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
_REDUCED: Json = {"calcs": ["lastNotNull"], "fields": "", "values": False}
_STAT: Json = {
    "orientation": "auto",
    "textMode": "value",
    "colorMode": "value",
    "graphMode": "none",
    "justifyMode": "auto",
    "showPercentChange": False,
    "percentChangeColorMode": "standard",
    "wideLayout": True,
}
_BAR_GAUGE: Json = {
    "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": True},
    "orientation": "horizontal",
    "displayMode": "gradient",
    "valueMode": "text",
    "showUnfilled": False,
    "text": {"titleSize": 13, "valueSize": 14},
    "sizing": "manual",
    "minVizHeight": 16,
    "minVizWidth": 8,
    "maxVizHeight": 32,
}
_LINES: Json = {
    "legend": {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []},
    "tooltip": {"mode": "multi", "sort": "desc"},
}
_LINE: Json = {
    "showPoints": "never",
    "spanNulls": False,
    "drawStyle": "line",
    "lineWidth": 2,
    "fillOpacity": 0,
}
_BARS: Json = {
    **_LINE,
    "drawStyle": "bars",
    "lineWidth": 0,
    "fillOpacity": 85,
    "barWidthFactor": 0.7,
    "barAlignment": 1,
    "stacking": {"mode": "normal", "group": "A"},
}


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
    **looks: Any,
) -> Json:
    """One number, or with `words` one text, from a query with one row.

    `looks` are field defaults: decimals, thresholds, mappings, noValue.
    """
    options = {
        **_STAT,
        "text": {"titleSize": 12, "valueSize": size},
        "reduceOptions": {**_REDUCED, "fields": "/.*/" if words else ""},
    }
    defaults = {"color": {"mode": "thresholds"}, "thresholds": PLAIN, **looks}
    return _panel("stat", title, sql, "table", unit, about, (w, h), options, defaults)


def headline(
    title: str, sql: str, unit: str, about: str, *, change_unit: str = RATE, **looks: Any
) -> Json:
    """A number and its change, from a query that `sql.compared` wrote."""
    panel = stat(title, sql, unit, about, w=5, noValue="-", **looks)
    panel["options"] |= {"textMode": "value_and_name", "orientation": "vertical"}
    decimals = 1 if change_unit == RATE else 0
    panel["fieldConfig"]["overrides"] = [
        override("vs before", unit=change_unit, decimals=decimals, thresholds=CHANGE)
    ]
    return panel


def bars(
    title: str,
    sql: str,
    unit: str,
    about: str,
    *,
    w: int,
    h: int,
    names: str = "left",
    **looks: Any,
) -> Json:
    """A horizontal bar per row: a text column with the name, a number with the value.

    `names` are to the `left` of the bars, or on `top` if they are long.
    """
    options = {**_BAR_GAUGE, "namePlacement": names}
    defaults = {"min": 0, "color": {"mode": "fixed", "fixedColor": "blue"}, **looks}
    return _panel("bargauge", title, sql, "table", unit, about, (w, h), options, defaults)


def lines(
    title: str,
    sql: str,
    unit: str,
    about: str,
    *,
    w: int,
    h: int,
    stacked_bars: bool = False,
    from_zero: bool = True,
    series: Sequence[str] = (),
    **looks: Any,
) -> Json:
    """Something over time: lines, or bars on top of each other for parts of a sum.

    `series` are the names of the series, where they are known and have a colour of their own.
    """
    custom = {**(_BARS if stacked_bars else _LINE), **looks.pop("custom", {})}
    zero = {"min": 0} if from_zero else {}
    defaults = {"color": {"mode": "palette-classic"}, "custom": custom, **zero, **looks}
    panel = _panel("timeseries", title, sql, "time_series", unit, about, (w, h), _LINES, defaults)
    panel["fieldConfig"]["overrides"] = [
        override(name, color={"mode": "fixed", "fixedColor": SERIES[name]}) for name in series
    ]
    return panel


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
