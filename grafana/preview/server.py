"""The part of Grafana's HTTP API that a dashboard needs, over a database.

For one person on one machine. Any web page that this person has open can send requests to a port
of the machine, so: only names of this machine, only JSON, only from this page, and no SQL.
"""

from __future__ import annotations

import json
from datetime import datetime, timezone
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import psycopg
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import FileResponse, JSONResponse, RedirectResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from grafana.authoring.files import DASHBOARDS, FOLDERS
from grafana.preview.requests import Asked, queries, time_range
from grafana.semantics import MacroError, NoTimeColumn, TimeRange, Unsorted

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from grafana.semantics.source import Source

Json = dict[str, Any]
_REFUSED = (psycopg.Error, MacroError, NoTimeColumn, Unsorted)
# A page under any other name that resolves to this address is a stranger's.
_NAMES = ["127.0.0.1", "localhost"]


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
            ],
            middleware=[
                Middleware(TrustedHostMiddleware, allowed_hosts=_NAMES, www_redirect=False)
            ],
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
        return _refusal(HTTPStatus.NOT_FOUND, "Dashboard not found")

    async def _query(self, request: Request) -> Response:
        if request.headers.get("origin", _own_origin(request)) != _own_origin(request):
            return _refusal(HTTPStatus.FORBIDDEN, "asked by another page")
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return _refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not application/json")
        try:
            body = json.loads(await request.body())
            span, asked = time_range(body), queries(body, _dashboards())
        except ValueError as error:
            return _refusal(HTTPStatus.BAD_REQUEST, str(error))
        results = {one.ref: await run_in_threadpool(self._result, one, span) for one in asked}
        failed = any("error" in result for result in results.values())
        status = HTTPStatus.BAD_REQUEST if failed else HTTPStatus.OK
        return JSONResponse({"results": results}, status_code=status)

    def _result(self, query: Asked, span: TimeRange) -> Json:
        try:
            frame = self._source.ask(query.sql, span, query.wanted, ref=query.ref)
        except _REFUSED as error:
            return {"status": HTTPStatus.BAD_REQUEST, "error": str(error), "frames": []}
        return {"status": HTTPStatus.OK, "frames": [frame.as_json()]}


def _own_origin(request: Request) -> str:
    """The origin of a page from here. What is no browser sends none."""
    return f"http://{request.headers['host']}"


def _refusal(status: HTTPStatus, message: str) -> Response:
    return JSONResponse({"message": message}, status_code=status)


def _dashboards() -> list[Json]:
    """In the order of the folders; re-read each time, so that `make dashboards` takes effect."""
    return [
        json.loads((DASHBOARDS / folder / f"{module.UID}.json").read_text())
        for folder, modules in FOLDERS.items()
        for module in modules
    ]


def _now() -> TimeRange:
    now = datetime.now(timezone.utc)
    return TimeRange(now, now)
