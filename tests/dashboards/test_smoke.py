"""The smoke test of a real Grafana, over the preview's endpoints and one that takes SQL."""

from collections.abc import Iterator

import psycopg
import pytest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from grafana.http import Grafana, GrafanaRefused
from grafana.preview.npm import PAGE
from grafana.preview.requests import time_range
from grafana.preview.server import Preview
from grafana.smoke import look
from tests.dashboards.conftest import DASHBOARDS, Warehouse, serving


@pytest.fixture(scope="module")
def address(plain: Warehouse) -> Iterator[str]:
    """Grafana takes a query as SQL, and trusts its logins with it; the preview does not."""

    async def query(request: Request) -> JSONResponse:
        body = await request.json()
        (one,) = body["queries"]
        try:
            asked = (one["rawSql"], time_range(body), one["format"])
            frame = await run_in_threadpool(plain.source.ask, *asked)
        except psycopg.Error as error:
            return JSONResponse({"results": {"A": {"error": str(error)}}}, status_code=400)
        return JSONResponse({"results": {"A": {"status": 200, "frames": [frame.as_json()]}}})

    routes = [
        Route("/api/ds/query", query, methods=["POST"]),
        Mount("/", Preview(plain.source, PAGE).app),
    ]
    with serving(Starlette(routes=routes)) as address:
        yield address


def test_it_sees_every_dashboard_answer(address):
    lines = list(look(Grafana(address, "admin", "anything")))
    assert "database ok" in lines[0]
    for uid, line in zip(DASHBOARDS, lines[1:], strict=True):
        assert line.startswith(f"{uid}: ")
        assert " 0 have rows" not in line


def test_it_stops_at_a_query_that_fails(address, plain):
    with psycopg.connect(plain.owner) as owner:
        owner.execute("revoke select on analytics.flow_metrics from grafana_reader")
        owner.commit()
        with pytest.raises(GrafanaRefused, match="permission denied for table flow_metrics"):
            list(look(Grafana(address, "admin", "anything")))
        owner.execute("grant select on analytics.flow_metrics to grafana_reader")
