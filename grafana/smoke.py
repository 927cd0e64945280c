"""Look whether a running Grafana serves the dashboards: `python -m grafana.smoke`.

Health, the list of dashboards, and of each dashboard every query, over the data source that is
provisioned there. For `docker compose up --wait`, or any Grafana that has these files.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grafana.authoring.files import built
from grafana.checks.dashboards import drawn
from grafana.http import Grafana, GrafanaRefused
from grafana.semantics import Variable, interpolate

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]
_DAYS = 42


def look(grafana: Grafana) -> Iterator[str]:
    """Lines about what was found; GrafanaRefused at the first thing that is not right."""
    health = grafana.get("/api/health")
    yield f"Grafana {health.get('version')}, its own database {health['database']}"
    found = {one["uid"] for one in grafana.get("/api/search?type=dash-db")}
    for dashboard in built().values():
        uid = dashboard["uid"]
        if uid not in found:
            raise GrafanaRefused(404, uid, "the dashboard is not there; is its folder provided?")
        loaded: Json = grafana.get(f"/api/dashboards/uid/{uid}")["dashboard"]
        if loaded["title"] != dashboard["title"]:
            raise GrafanaRefused(404, uid, "another dashboard has this uid")
        began = time.monotonic()
        rows = [_rows(grafana, dashboard, panel) for panel in drawn(dashboard)]
        seconds = time.monotonic() - began
        filled = sum(map(bool, rows))
        yield f"{uid}: {len(rows)} panels answer, {filled} have rows ({seconds:.1f} s)"


def _rows(grafana: Grafana, dashboard: Json, panel: Json) -> int:
    """How many rows a panel gets for the first client; Grafana expands the macros."""
    now = datetime.now(timezone.utc)
    span = {"from": _milliseconds(now - timedelta(days=_DAYS)), "to": _milliseconds(now)}
    variables: dict[str, Variable] = {}
    for one in dashboard["templating"]["list"]:
        columns = _columns(grafana, span, interpolate(one["query"], variables), "table")
        values = (columns or [[""]])[-1]
        variables[one["name"]] = Variable(values[:1] if one["multi"] else values[0])
    (target,) = panel["targets"]
    sql = interpolate(target["rawSql"], variables)
    columns = _columns(grafana, span, sql, target["format"])
    return len(columns[0]) if columns else 0


def _columns(grafana: Grafana, span: Json, sql: str, wanted: str) -> list[list[Any]]:
    source = {"uid": "warehouse", "type": "grafana-postgresql-datasource"}
    query = {"refId": "A", "datasource": source, "rawSql": sql, "format": wanted}
    answer = grafana.post("/api/ds/query", {**span, "queries": [query]})
    frames = answer["results"]["A"].get("frames", [])
    columns: list[list[Any]] = frames[0]["data"]["values"] if frames else []
    return columns


def _milliseconds(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000))


def main() -> str | None:
    """Print what was found; the error in words, or None."""
    secret = os.environ.get("GRAFANA_ADMIN_PASSWORD_FILE", "grafana/secrets/grafana_admin_password")
    url = os.environ.get("GRAFANA_URL", "http://localhost:3000")
    user = os.environ.get("GRAFANA_ADMIN", "admin")
    try:
        for line in look(Grafana(url, user, Path(secret).read_text().strip())):
            print(line, flush=True)  # noqa: T201
    except (GrafanaRefused, OSError) as error:
        return str(error)
    return None


if __name__ == "__main__":
    sys.exit(main())
