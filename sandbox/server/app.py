"""The application: who asks, may they, is the question well put, and the answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from sandbox.server import collections
from sandbox.server.aggregate_request import read_aggregate_request
from sandbox.server.aggregates import aggregate, document
from sandbox.server.endpoints import ENDPOINTS
from sandbox.server.errors import ApiError
from sandbox.server.events import events_page
from sandbox.server.faults import Gate
from sandbox.server.listing import as_asked, page_of, sparse
from sandbox.server.profiles import with_additional
from sandbox.server.query import read_query
from sandbox.server.report_kinds import KINDS
from sandbox.server.reports import ReportAsked, report
from sandbox.server.state import check_revision

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from sandbox.account.account import Account
    from sandbox.server.contract import Endpoint
    from sandbox.server.query import Query
    from sandbox.server.resources import Resource
    from sandbox.server.state import State

_JSON = "application/vnd.api+json"


def build_app(state: State) -> ASGIApp:
    """The whole ASGI application over a state."""
    routes = [
        Route(f"/api{endpoint.path}{slash}", _handler(state, endpoint), methods=[endpoint.method])
        for endpoint in ENDPOINTS
        for slash in ("", "/")
    ]
    app = Starlette(
        routes=routes, exception_handlers={ApiError: _refuse, HTTPException: _refuse_http}
    )
    return Gate(app, state)


def _handler(state: State, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        account = state.authenticate(request.headers.get("authorization"))
        check_revision(request.headers.get("revision"), endpoint)
        state.authorize(account, endpoint.scope)
        dice = state.looseness.dice(await _question(request))
        state.looseness.announce(state.limiter, account.id, dice)
        headers = state.limiter.admit(account.id, endpoint.name, endpoint.limit)
        query = read_query(endpoint, account.id, request.scope["query_string"].decode())
        if "tags" in query.include:
            state.authorize(account, "tags:read")
        for name in query.additional & endpoint.extra_limits.keys():
            headers = state.limiter.admit(account.id, name, endpoint.extra_limits[name])
        body = await _body(request, account, endpoint, query, state)
        body = state.looseness.loosen(body, dice)
        return Response(body, headers=headers, media_type=_JSON)

    return handle


async def _body(
    request: Request, account: Account, endpoint: Endpoint, query: Query, state: State
) -> bytes:
    url = str(request.url.replace(query=None))
    if endpoint.name == "events":
        return _events(account, endpoint, query, url, state)
    if endpoint.name in KINDS:
        _check_type(request)
        asked = ReportAsked(await request.body(), query.raw.get("page_cursor"), url)
        return _report(account, endpoint, query, asked, state)
    if endpoint.name == "metric-aggregates":
        return _aggregates(await request.body(), account, query, url)
    return _collection(account, endpoint, query, url, request.path_params.get("id"))


async def _question(request: Request) -> str:
    """What is asked, by whom, and of which endpoint."""
    key, body = request.headers.get("authorization"), (await request.body()).decode()
    return f"{key} {request.url.path}?{request.url.query} {body}"


def _events(account: Account, endpoint: Endpoint, query: Query, url: str, state: State) -> bytes:
    events, included, following = events_page(account, endpoint, query, url, state.clock())
    links = json.dumps({"self": url, "next": following, "prev": None}).encode()
    parts = [b'{"data":[', b",".join(events), b"]"]
    if query.include:
        parts += [b',"included":[', b",".join(included), b"]"]
    return b"".join([*parts, b',"links":', links, b"}"])


def _aggregates(body: bytes, account: Account, query: Query, url: str) -> bytes:
    asked = read_aggregate_request(body, account)
    groups = aggregate(account, asked)
    page = groups[asked.offset : asked.offset + asked.size]
    links = {"self": url}
    if asked.offset + asked.size < len(groups):
        links["next"] = f"{url}?page_cursor={asked.offset + asked.size}"
    made = document(page, asked, links)
    made["data"] = sparse(made["data"], query.fields)
    return json.dumps(made).encode()


def _check_type(request: Request) -> None:
    """415 for a body that is not sent as JSON:API."""
    sent = request.headers.get("content-type", "").partition(";")[0]
    if sent != _JSON:
        raise ApiError(
            415, "unsupported_media_type", "Unsupported media type.",
            detail=f"The Content-Type must be {_JSON}", source={"pointer": "/data/"},
        )  # fmt: skip


def _report(
    account: Account, endpoint: Endpoint, query: Query, asked: ReportAsked, state: State
) -> bytes:
    made = report(account, endpoint.name, asked, state.report_rows)
    made["data"] = sparse(made["data"], query.fields)
    return json.dumps(made).encode()


def _collection(
    account: Account, endpoint: Endpoint, query: Query, url: str, ident: str | None
) -> bytes:
    found = collections.RESOURCES[endpoint.name](account, ident)
    if endpoint.name in collections.SINGLE:
        return _single(account, endpoint, query, url, found[0])
    shown = collections.shown_by_default(endpoint.name, found, query.conditions)
    page, following = page_of(shown, endpoint, account.id, query, url)
    if endpoint.name == "profiles" and query.additional:
        with_additional(account, page, query.additional)
    made = {"data": [as_asked(item, endpoint, query) for item in page]}
    if query.include:
        made["included"] = _included(account, page, query)
    return json.dumps(made | {"links": {"self": url, "next": following, "prev": None}}).encode()


def _single(account: Account, endpoint: Endpoint, query: Query, url: str, found: Resource) -> bytes:
    made: dict[str, Any] = {"data": as_asked(found, endpoint, query), "links": {"self": url}}
    if query.include:
        made["included"] = _included(account, [found], query)
    return json.dumps(made).encode()


def _included(account: Account, page: list[Resource], query: Query) -> list[Resource]:
    related = collections.related_to(account, page, query.include)
    return [sparse(item, query.fields) for item in related]


async def _refuse(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)  # noqa: S101 - what this handler is registered for
    return Response(error.body(), error.status, error.headers, _JSON)


async def _refuse_http(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    codes = {404: "not_found", 405: "method_not_allowed"}
    refusal = ApiError(
        status, codes.get(status, "error"), str(error), detail="There is no such endpoint"
    )
    return Response(refusal.body(), status, media_type=_JSON)
