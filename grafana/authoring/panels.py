"""Panels: one function per kind, each returning the JSON that Grafana reads.

`query` names a file in `grafana/queries`; `field_defaults` are Grafana's, such as thresholds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grafana import queries
from grafana.authoring import drawing
from grafana.authoring.field_styles import BARS, CHANGE, DECIMALS, PALETTE, PLAIN, SERIES, unknown

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
    query: str,
    unit: str,
    description: str,
    *,
    w: int,
    h: int = 4,
    is_text: bool = False,
    size: int = 30,
    unknown_as: str = "no data",
    **field_defaults: Any,
) -> Json:
    """One number, or with `is_text` one text, from a query with one row.

    A null is shown as `unknown_as`, in grey: without it, Grafana would give it the first
    threshold's colour, which judges.
    """
    options = {
        **drawing.STAT,
        "text": {"titleSize": 12, "valueSize": size},
        "reduceOptions": {**drawing.REDUCED, "fields": "/.*/" if is_text else ""},
    }
    defaults = {
        "color": {"mode": "thresholds"}, "thresholds": PLAIN, "mappings": [unknown(unknown_as)],
        "noValue": unknown_as, **_decimals(unit), **field_defaults,
    }  # fmt: skip
    return _panel("stat", title, query, "table", unit, description, (w, h), options, defaults)


def headline(title: str, query: str, unit: str, description: str) -> Json:
    """A number and its change, from a query with `this period` and `vs before`."""
    panel = stat(title, query, unit, description, w=5, is_text=True, size=20)
    panel["options"] |= {"textMode": "value_and_name", "orientation": "vertical"}
    panel["fieldConfig"]["overrides"] = [override("vs before", unit="string", mappings=CHANGE)]
    return panel


def bars(
    title: str,
    query: str,
    unit: str,
    description: str,
    *,
    w: int,
    h: int,
    **field_defaults: Any,
) -> Json:
    """A horizontal bar per row: a text column with the name, a number with the value.

    With a `max`, the rest of the bar is drawn too.
    """
    options = {**drawing.BAR_GAUGE, "showUnfilled": "max" in field_defaults}
    color = {"mode": "fixed", "fixedColor": BARS}
    defaults = {"min": 0, "color": color, **_decimals(unit), **field_defaults}
    return _panel("bargauge", title, query, "table", unit, description, (w, h), options, defaults)


def lines(
    title: str,
    query: str,
    unit: str,
    description: str,
    *,
    w: int,
    h: int,
    from_zero: bool = True,
    series: Sequence[str] = (),
    **field_defaults: Any,
) -> Json:
    """Something over time, a line per series.

    `series` are the names of the series, where they are known and have a colour of their own.
    """
    custom = {**drawing.LINE, **field_defaults.pop("custom", {})}
    zero = {"min": 0} if from_zero else {}
    defaults = {"color": PALETTE, "custom": custom, **zero, **_decimals(unit), **field_defaults}
    panel = _panel("timeseries", title, query, "time_series", unit, description, (w, h),
                   drawing.LINES, defaults)  # fmt: skip
    panel["fieldConfig"]["overrides"] = _coloured(series)
    return panel


def columns(
    title: str,
    query: str,
    unit: str,
    description: str,
    *,
    w: int,
    h: int,
    label: str = WEEK_START,
    series: Sequence[str] = (),
    **field_defaults: Any,
) -> Json:
    """The parts of a sum by week or day: a column for each, labelled with its first day.

    A time axis would put its labels where it likes, and shorten the first and last column.
    """
    custom = {"lineWidth": 0, "fillOpacity": 85, "axisSoftMin": 0}
    defaults = {"color": PALETTE, "custom": custom, **_decimals(unit), **field_defaults}
    panel = _panel("barchart", title, query, "time_series", unit, description, (w, h),
                   drawing.COLUMNS, defaults)  # fmt: skip
    panel["fieldConfig"]["overrides"] = [override("Time", unit=label), *_coloured(series)]
    return panel


def _coloured(series: Sequence[str]) -> list[Json]:
    return [override(name, color={"mode": "fixed", "fixedColor": SERIES[name]}) for name in series]


def _decimals(unit: str) -> Json:
    return {"decimals": DECIMALS[unit]} if unit in DECIMALS else {}


def table(
    title: str,
    query: str,
    description: str,
    columns: Mapping[str, Json],
    *,
    w: int,
    h: int,
    empty: str = "",
) -> Json:
    """Rows; `columns` maps column names to units and styling.

    `empty` is the text of a table without rows, where that is good news.
    """
    options = {"showHeader": True, "cellHeight": "sm"}
    defaults: Json = {"custom": {"align": "auto", "filterable": False, "minWidth": 60}}
    if empty:
        # Grafana would show it in null cells too.
        defaults["noValue"] = empty
        columns = {name: {**column, "noValue": "-"} for name, column in columns.items()}
    panel = _panel("table", title, query, "table", "none", description, (w, h), options, defaults)
    panel["fieldConfig"]["overrides"] = [override(name, **c) for name, c in columns.items()]
    return panel


def override(name: str, **properties: Any) -> Json:
    """Properties of one field; `custom__width` means `custom.width`."""
    listed = [{"id": k.replace("__", "."), "value": v} for k, v in properties.items()]
    return {"matcher": {"id": "byName", "options": name}, "properties": listed}


def _panel(
    kind: str,
    title: str,
    query: str,
    wanted: str,
    unit: str,
    description: str,
    size: tuple[int, int],
    options: Json,
    defaults: Json,
) -> Json:
    return {
        "type": kind,
        "title": title,
        "description": " ".join(description.split()),
        "datasource": SOURCE,
        "targets": [{**_QUERY, "format": wanted, "rawSql": queries.read(query)}],
        "gridPos": {"w": size[0], "h": size[1]},
        "options": options,
        "fieldConfig": {"defaults": {"unit": unit, **defaults}, "overrides": []},
    }
