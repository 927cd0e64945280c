"""Dashboards: ids, grid, variables and links, worked out the same way for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grafana.authoring.panels import SOURCE

if TYPE_CHECKING:
    from collections.abc import Sequence

Json = dict[str, Any]
TAG = "klaviyo-reporting"
_WIDTH = 24

# Never empty: `in ()` would be an error on every panel until the first run has ended.
_CLIENTS = """
select
    coalesce(nullif(organization_name, '') || ' (' || client || ')', client) as __text,
    client as __value
from clients
union all
select 'No client yet', '' where not exists (select from clients)
order by __value
"""
# One currency: that one. Several: first the common one, if there are rates for it.
_CURRENCIES = """
with chosen as (
    select distinct currency from clients where client in (${client:sqlstring})),
common as (
    select distinct reporting_currency as currency from daily_client_metrics
    where client in (${client:sqlstring}) and reporting_rate is not null
        and (select count(*) > 1 from chosen)),
offered as (
    select currency, 0 as place from common union all select currency, 1 from chosen
    union all select 'n/a', 2 where not exists (select from chosen))
select currency as __text from offered group by currency order by min(place), currency
"""


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
    "annotations": {"list": []},
}


def query_variable(name: str, label: str, sql: str, *, multi: bool, hidden: bool = False) -> Json:
    """A variable whose values come from the database, asked when the dashboard opens."""
    chosen = {"text": ["All"], "value": ["$__all"]} if multi else {"text": "", "value": ""}
    return {
        "name": name,
        "label": label,
        "type": "query",
        "datasource": SOURCE,
        "query": sql.strip(),
        "regex": "",
        "refresh": 1,
        "sort": 0,
        "multi": multi,
        "includeAll": multi,
        "hide": 2 if hidden else 0,
        "options": [],
        "current": chosen,
    }


CLIENTS = query_variable("client", "Client", _CLIENTS, multi=True)
ONE_CLIENT = query_variable("client", "Client", _CLIENTS, multi=False)
CURRENCY = query_variable("currency", "Currency", _CURRENCIES, multi=False)
ITS_CURRENCY = query_variable("currency", "Currency", _CURRENCIES, multi=False, hidden=True)


def dashboard(
    uid: str,
    title: str,
    about: str,
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
        "description": " ".join(about.split()),
        **_SAME_FOR_ALL,
        "time": {"from": f"now-{days}d/d", "to": until},
        "links": [_others()],
        "templating": {"list": list(variables)},
        "panels": _placed(panels),
    }


def _others() -> Json:
    """Links to all the dashboards, which take clients and time range along."""
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


def link(title: str, uid: str, client: str = "${__value.text:percentencode}") -> Json:
    """A table column whose cells open a dashboard, for one client and the same time range."""
    url = f"/d/{uid}?var-client={client}&${{__url_time_range}}"
    return {"links": [{"title": title, "url": url, "targetBlank": False}]}
