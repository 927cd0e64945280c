"""A dashboard around its panels: ids, grid, filters and links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grafana import queries
from grafana.authoring.panels import SOURCE

if TYPE_CHECKING:
    from collections.abc import Sequence

Json = dict[str, Any]
TAG = "klaviyo-reporting"
_WIDTH = 24

_RANGES = [
    {"display": f"Last {days} days, without today", "from": f"now-{days}d/d", "to": "now-1d/d"}
    for days in (7, 14, 28, 42, 90, 364)
] + [
    *(
        {"display": f"Last {days} days and today", "from": f"now-{days}d/d", "to": "now"}
        for days in (7, 14)
    ),
    {"display": "This month", "from": "now/M", "to": "now"},
    {"display": "Last month", "from": "now-1M/M", "to": "now-1M/M"},
]


# Marks over everything that has an axis of time.
_CALENDAR: Json = {
    "name": "Events of the calendar",
    "datasource": SOURCE,
    "enable": True,
    "hide": False,
    "iconColor": "#8E8E8E",
    "target": {
        "refId": "Calendar",
        "format": "table",
        "rawQuery": True,
        "editorMode": "code",
        "rawSql": queries.read("annotations/calendar"),
    },
}

_SAME_FOR_ALL: Json = {
    "tags": [TAG],
    "schemaVersion": 42,
    "version": 1,
    "editable": False,
    "graphTooltip": 1,
    "timezone": "utc",
    "weekStart": "monday",
    "fiscalYearStartMonth": 0,
    "refresh": "",
    "timepicker": {"quick_ranges": _RANGES},
    "annotations": {"list": [_CALENDAR]},
}


def query_variable(name: str, label: str, query: str, *, multi: bool, hidden: bool = False) -> Json:
    """A filter with its values from a file in `grafana/queries`, run when the dashboard opens."""
    chosen = {"text": ["All"], "value": ["$__all"]} if multi else {"text": "", "value": ""}
    return {
        "name": name,
        "label": label,
        "type": "query",
        "datasource": SOURCE,
        "query": queries.read(query),
        "regex": "",
        "refresh": 1,
        "sort": 0,
        "multi": multi,
        "includeAll": multi,
        "hide": 2 if hidden else 0,
        "options": [],
        "current": chosen,
    }


CLIENTS = query_variable("client", "Client", "filters/clients", multi=True)
COMPARE = query_variable("compare", "Compare with", "filters/compare", multi=False)
ONE_CLIENT = query_variable("client", "Client", "filters/clients", multi=False)
CURRENCY = query_variable("currency", "Currency", "filters/currencies", multi=False)
ITS_CURRENCY = query_variable(
    "currency", "Currency", "filters/currencies", multi=False, hidden=True
)


def dashboard(
    uid: str,
    title: str,
    description: str,
    panels: Sequence[Json],
    variables: Sequence[Json],
    days: int,
    *,
    until: str = "now-1d/d",
) -> Json:
    """A whole dashboard, over the last `days` days `until` then, unless another range is chosen."""
    return {
        "uid": uid,
        "title": title,
        "description": " ".join(description.split()),
        **_SAME_FOR_ALL,
        "time": {"from": f"now-{days}d/d", "to": until},
        "links": [_others()],
        "templating": {"list": list(variables)},
        "panels": _placed(panels),
    }


def _others() -> Json:
    """Links to the other dashboards, which keep clients and time range."""
    return {
        "title": "Dashboards",
        "type": "dashboards",
        "tags": [TAG],
        "asDropdown": False,
        "icon": "",
        "tooltip": "",
        "url": "",
        "includeVars": True,
        "keepTime": True,
        "targetBlank": False,
    }


def _placed(panels: Sequence[Json]) -> list[Json]:
    """From left to right, into the next line when a panel does not fit."""
    x = y = tallest = 0
    placed = []
    for number, panel in enumerate(panels, 1):
        size = panel["gridPos"]
        if x + size["w"] > _WIDTH:
            x, y, tallest = 0, y + tallest, 0
        placed.append({"id": number, **panel, "gridPos": {**size, "x": x, "y": y}})
        x += size["w"]
        tallest = max(tallest, size["h"])
    return placed
