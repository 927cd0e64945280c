"""The charts of a report, drawn by Vega-Lite as SVG. Labels of values come from `Words`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import vl_convert

if TYPE_CHECKING:
    from collections.abc import Sequence

Spec = dict[str, Any]
FONT = "Report"
WIDTH = 640  # as wide as a page's text, in the SVG's own units
GREY, INK, LINE = "#cbd5e1", "#334155", "#e2e8f0"
_LONGEST = 34  # characters of a name next to a bar
_AT: Spec = {
    "field": "at", "type": "ordinal", "sort": None, "title": None,
    "axis": {"labelAngle": 0, "labelOverlap": "parity", "ticks": False, "domainColor": LINE},
}  # fmt: skip
"""Time, from the left."""
_WHOLES: Spec = {
    "transform": [
        {"aggregate": [{"op": "sum", "field": "amount", "as": "whole"},
                       {"op": "max", "field": "label", "as": "label"}], "groupby": ["at"]}
    ],
    "mark": {"type": "text", "dy": -6, "fontSize": 10, "color": INK, "fontWeight": 600},
    "encoding": {"x": _AT, "y": {"field": "whole", "type": "quantitative"},
                 "text": {"field": "label"}},
}  # fmt: skip
"""The label of each column, above it."""
_ID = re.compile(r'\bid="([^"]+)"|url\(#([^)]+)\)')


def stacked(
    name: str, rows: Sequence[Spec], series: Sequence[str], colour: str, height: int = 150
) -> str:
    """Columns over time, in two parts.

    Args:
        name: What the chart shows, for people who cannot see it.
        rows: `at` (a text, in order), `series`, `amount`, and `label` of a column's whole or "".
        series: The names of the parts, from the bottom.
        colour: Of the first part; the second one is grey.
        height: In the SVG's own units.
    """
    shown = [{**row, "place": series.index(row["series"])} for row in rows]
    bars: Spec = {
        "mark": {"type": "bar", "cornerRadiusEnd": 1.5, "width": {"band": 0.72}},
        "encoding": {
            "x": _AT,
            "y": {"field": "amount", "type": "quantitative", "axis": None, "stack": "zero"},
            "order": {"field": "place"},
            "color": _colours(series, [colour, GREY]),
        },
    }
    has_labels = any(row["label"] for row in rows)
    layer = [bars, _WHOLES] if has_labels else [bars]
    return _draw(name, {"layer": layer}, shown, height)


def lines(name: str, rows: Sequence[Spec], series: Sequence[str], colour: str) -> str:
    """Two lines over time with the value at each point; rows as those of `stacked`."""
    x: Spec = {**_AT, "scale": {"padding": 0.3}}
    y: Spec = {"field": "amount", "type": "quantitative", "axis": None,
               "scale": {"padding": 9}}  # fmt: skip
    shown = {"x": x, "y": y, "color": _colours(series, [colour, "#64748b"])}
    drawn = [
        {"mark": {"type": "line", "strokeWidth": 2, "point": {"size": 36, "filled": True}},
         "encoding": shown},
        {"mark": {"type": "text", "dy": -9, "fontSize": 10},
         "encoding": {**shown, "text": {"field": "label"}}},
    ]  # fmt: skip
    return _draw(name, {"layer": drawn}, rows, 130)


def bars(name: str, rows: Sequence[Spec], colour: str) -> str:
    """A bar for each row, from the top: `at` is its name, `amount` its length, `label` a value."""
    shown = [{**row, "at": _short(row["at"]), "place": place} for place, row in enumerate(rows)]
    names = {row["place"]: row["at"] for row in shown}
    y: Spec = {
        "field": "place", "type": "ordinal", "title": None,
        "axis": {"ticks": False, "domain": False, "labelLimit": 260, "labelPadding": 8,
                 "labelExpr": f"({json.dumps(names)})[datum.value]"},
    }  # fmt: skip
    x: Spec = {"field": "amount", "type": "quantitative", "axis": None,
               "scale": {"domainMin": 0}}  # fmt: skip
    layer = [
        {"mark": {"type": "bar", "color": colour, "cornerRadiusEnd": 2, "height": {"band": 0.62}},
         "encoding": {"y": y, "x": x}},
        {"mark": {"type": "text", "align": "left", "dx": 5, "color": INK, "fontWeight": 600},
         "encoding": {"y": y, "x": x, "text": {"field": "label"}}},
    ]  # fmt: skip
    return _draw(name, {"layer": layer}, shown, 24 * len(shown))


def _colours(series: Sequence[str], colours: Sequence[str]) -> Spec:
    return {
        "field": "series", "type": "nominal", "sort": list(series),
        "scale": {"domain": list(series), "range": list(colours)},
        "legend": {"orient": "top", "title": None, "symbolType": "circle", "symbolSize": 70,
                   "labelFontSize": 11, "offset": 4},
    }  # fmt: skip


def _draw(name: str, spec: Spec, rows: Sequence[Spec], height: int) -> str:
    whole = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH, "height": height, "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 0, "right": 8, "top": 2, "bottom": 2},
        "data": {"values": list(rows)}, **spec,
        "config": {
            "font": FONT, "view": {"stroke": None}, "background": "transparent",
            "axis": {"labelColor": INK, "labelFontSize": 10.5, "grid": False},
            "legend": {"labelColor": INK}, "text": {"fontSize": 10.5},
        },
    }  # fmt: skip
    drawn: str = vl_convert.vegalite_to_svg(whole, allowed_base_urls=[])
    return _labelled(drawn, name)


def _labelled(drawn: str, name: str) -> str:
    """Scalable, with a name, and with ids that no other chart of the page has."""
    own = re.sub(r"\W+", "-", name)
    drawn = _ID.sub(
        lambda found: f'id="{own}-{found[1]}"' if found[1] else f"url(#{own}-{found[2]})", drawn
    )
    head, _, rest = drawn.partition(">")
    head = re.sub(r' (width|height)="[^"]*"', "", head)
    label = name.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return f'{head} role="img" aria-label="{label}">{rest}'


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1].rstrip()}…"
