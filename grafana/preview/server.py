"""The part of Grafana's HTTP API that a dashboard needs, over a database. Loopback only."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import psycopg
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, JSONResponse, RedirectResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from grafana.authoring.files import DASHBOARDS, FOLDERS
from grafana.semantics import MacroError, NoTimeColumn, TimeRange, Unsorted

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from grafana.semantics.source import Source

Json = dict[str, Any]
_REFUSED = (psycopg.Error, MacroError, NoTimeColumn, Unsorted)
_BAD_REQUEST = 400
_NOT_FOUND = 404


class Preview:
    """An application for uvicorn: dashboards from their files, numbers from `source`."""

    def __init__(self, source: Source, build: Path) -> None:
        """Serve the page that was built into `build`."""
        self._source = source
        self._build = build
        self.app = Starlette(
            routes=[
                Route("/", self._home),
                Route("/d/{uid}", self._page),
                Route("/api/health", self._health),
                Route("/api/search", self._search),
                Route("/api/dashboards/uid/{uid}", self._dashboard),
                Route("/api/ds/query", self._query, methods=["POST"]),
                Mount("/public", StaticFiles(directory=build / "public")),
                Mount("/build", StaticFiles(directory=build)),
            ]
        )

    async def _home(self, _: Request) -> Response:
        first = _dashboards()[0]
        return RedirectResponse(f"/d/{first['uid']}")

    async def _page(self, _: Request) -> Response:
        return FileResponse(self._build / "index.html")

    async def _health(self, _: Request) -> Response:
        await run_in_threadpool(self._source.ask, "select 1 as one", _now())
        return JSONResponse({"database": "ok", "version": "preview"})

    async def _search(self, _: Request) -> Response:
        found = [{"uid": d["uid"], "title": d["title"], "type": "dash-db"} for d in _dashboards()]
        return JSONResponse(found)

    async def _dashboard(self, request: Request) -> Response:
        for dashboard in _dashboards():
            if dashboard["uid"] == request.path_params["uid"]:
                return JSONResponse({"dashboard": dashboard, "meta": {"provisioned": True}})
        return JSONResponse({"message": "Dashboard not found"}, status_code=_NOT_FOUND)

    async def _query(self, request: Request) -> Response:
        asked = await request.json()
        results = await run_in_threadpool(self._results, asked)
        failed = any("error" in result for result in results.values())
        return JSONResponse({"results": results}, status_code=_BAD_REQUEST if failed else 200)

    def _results(self, asked: Json) -> Json:
        span = TimeRange(_moment(asked["from"]), _moment(asked["to"]))
        return {query["refId"]: self._result(query, span) for query in asked["queries"]}

    def _result(self, query: Json, span: TimeRange) -> Json:
        ref, wanted = query["refId"], query.get("format", "time_series")
        try:
            frame = self._source.ask(query["rawSql"], span, wanted, ref=ref)
        except _REFUSED as error:
            return {"status": _BAD_REQUEST, "error": str(error), "frames": []}
        return {"status": 200, "frames": [frame.as_json()]}


def _dashboards() -> list[Json]:
    """In the order of the folders; read anew, so that `make dashboards` shows at once."""
    return [
        json.loads((DASHBOARDS / folder / f"{module.UID}.json").read_text())
        for folder, modules in FOLDERS.items()
        for module in modules
    ]


def _moment(milliseconds: str) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, timezone.utc)


def _now() -> TimeRange:
    now = datetime.now(timezone.utc)
    return TimeRange(now, now)
