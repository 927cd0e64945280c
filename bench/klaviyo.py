"""A fast, simple Klaviyo with any number of events, for measuring the tap and not the server.

    python -m bench.klaviyo --port 8765 --events 60000 --latency 0.15 --per-record 0.0005

It answers `/accounts`, `/metrics`, `/mapped-metrics`, `/metric-aggregates` and `/events` (filter,
page size, cursor); any other collection is empty. Events are equally spaced over the span and made
when asked for; all are orders, the first metric, and aggregates count them. With
`--limits` it counts requests as Klaviyo does, announces what is left and answers 429 beyond.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from datetime import date, datetime, timedelta, timezone
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bench.limits import FORMS, Limits

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

PROPERTIES = {
    "$event_id": "5f0e4a1c9b7d2e6f",
    "$value": 89.95,
    "$value_currency": "USD",
    "OrderId": "1000234567",
    "Items": ["Trail Jacket", "Wool Socks", "Canvas Tote"],
    "Categories": ["Apparel", "Accessories", "Sale"],
    "Discount Code": "WELCOME10",
    "Shipping": {"city": "Boston", "country": "US", "zip": "02110", "method": "standard"},
    "$extra": {
        "line_items": [
            {"sku": f"TJ-{n}", "name": "Trail Jacket", "price": "29.98", "quantity": 1}
            for n in range(3)
        ],
        "note": "Thank you for your order! It leaves our store within two working days.",
    },
}
ORDERS = "ORDERS"
HEAD = (
    '{"type":"event","id":"%012d","relationships":{"profile":{"data":{"type":"profile","id":'
    '"01HX%08d"}},"metric":{"data":{"type":"metric","id":"ORDERS"}},"attributions":{"data":[]}},'
    '"attributes":{"timestamp":%d,"datetime":"%sT%02d:%02d:%02d+00:00",'
    '"uuid":"3f1e1234-aaaa-bbbb-cccc-123456789012","event_properties":'
)
TAIL = json.dumps(PROPERTIES) + "}}"
EPOCH = date(1970, 1, 1)
BOUND = re.compile(r"(greater-or-equal|less-than)\(datetime,([^)]+)\)")


@cache
def _day_text(day: int) -> str:
    return (EPOCH + timedelta(days=day)).isoformat()


def _bounds(text: str) -> dict[str, datetime]:
    """Bounds of a filter by operator."""
    found = BOUND.findall(text)
    return {name: datetime.fromisoformat(at.replace("Z", "+00:00")) for name, at in found}


class Klaviyo:
    """Accounts with equally spaced events."""

    def __init__(self, options: argparse.Namespace) -> None:
        """Spread `options.events` over the `options.days` before now."""
        self.options = options
        self.end = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(minutes=2)
        self.start = self.end - timedelta(days=options.days)
        self.step = (self.end - self.start).total_seconds() / max(1, options.events)
        self.limits = Limits(options.limits) if options.limits else None
        self.requests = 0

    def within_limits(
        self, name: str, answer: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint that is only answered as often as its limits allow."""

        async def handle(request: Request) -> Response:
            if self.limits is None:
                return await answer(request)
            is_let_in, headers = self.limits.admit(_account_of(request), name)
            if not is_let_in:
                return JSONResponse({"errors": []}, 429, headers)
            response = await answer(request)
            response.headers.update(headers)
            return response

        return handle

    async def events(self, request: Request) -> Response:
        """`GET /events`."""
        self.requests += 1
        first, last, size = self._wanted(request)
        page = range(first, min(first + size, last))
        await asyncio.sleep(self.options.latency + self.options.per_record * len(page))
        following = None
        if page.stop < last:
            following = str(request.url.include_query_params(**{"page[cursor]": page.stop}))
        body = ",".join(self._event(number) for number in page)
        end = f'],"included":[],"links":{{"next":{json.dumps(following)}}}}}'
        return Response(f'{{"data":[{body}{end}', media_type="application/vnd.api+json")

    def _wanted(self, request: Request) -> tuple[int, int, int]:
        query = request.query_params
        bounds = _bounds(query["filter"])
        first = self._index(bounds["greater-or-equal"])
        last = min(self._index(bounds["less-than"]), self.options.events)
        return int(query.get("page[cursor]", first)), last, int(query["page[size]"])

    def _index(self, moment: datetime) -> int:
        """Number of the first event at or after a time."""
        return max(0, -int(-((moment - self.start).total_seconds()) // self.step))

    def _event(self, number: int) -> str:
        seconds = int(self.start.timestamp() + number * self.step)
        minutes, second = divmod(seconds, 60)
        hours, minute = divmod(minutes, 60)
        day, hour = divmod(hours, 24)
        day_text = _day_text(day)
        return HEAD % (number, number % 20000, seconds, day_text, hour, minute, second) + TAIL

    async def account(self, request: Request) -> Response:
        """`GET /accounts`."""
        ident = _account_of(request)
        attributes = {"timezone": "America/New_York", "preferred_currency": "USD"}
        return JSONResponse({"data": [{"type": "account", "id": ident, "attributes": attributes}]})

    async def metrics(self, _request: Request) -> Response:
        """`GET /metrics`: of a shop, so that each has a total and no breakdown."""
        integration = {"id": "1", "key": "shopify", "name": "Shopify", "category": "eCommerce"}
        attributes = {"name": "Metric", "integration": integration}
        ids = [ORDERS, *(f"M{number}" for number in range(1, self.options.metrics))]
        metrics = [
            {"type": "metric", "id": one, "attributes": attributes}
            for one in ids[: self.options.metrics]
        ]
        return JSONResponse({"data": metrics, "links": {"next": None}})

    async def mapped_metrics(self, _request: Request) -> Response:
        """`GET /mapped-metrics`: orders are the revenue."""
        orders = {"metric": {"data": {"type": "metric", "id": ORDERS}}}
        revenue = {"type": "mapped-metric", "id": "revenue", "relationships": orders}
        return JSONResponse({"data": [revenue], "links": {"next": None}})

    async def aggregates(self, request: Request) -> Response:
        """`POST /metric-aggregates`: a year of days at most, with the orders of each."""
        query = (await request.json())["data"]["attributes"]
        bounds = _bounds(str(query["filter"]))
        zone = ZoneInfo(query["timezone"])
        day = bounds["greater-or-equal"].astimezone(zone).replace(tzinfo=None)
        starts = []
        while day.replace(tzinfo=zone) < bounds["less-than"]:
            starts.append(day.replace(tzinfo=zone).astimezone(timezone.utc))
            day += timedelta(days=1)
        await asyncio.sleep(self.options.latency)
        edges = [min(self._index(at), self.options.events) for at in [*starts, bounds["less-than"]]]
        is_orders = query["metric_id"] == ORDERS
        counts = [is_orders * (end - start) for start, end in pairwise(edges)]
        group = {
            "dimensions": [""] * len(query.get("by", ())),
            "measurements": dict.fromkeys(query["measurements"], counts),
        }
        dates = [at.isoformat() for at in starts]
        attributes = {"dates": dates, "data": [group]}
        return JSONResponse({"data": {"type": "metric-aggregate", "attributes": attributes}})

    async def nothing(self, _request: Request) -> Response:
        """Any other collection."""
        return JSONResponse({"data": [], "links": {"next": None}})

    async def seen(self, _request: Request) -> Response:
        """Requests for events, what was refused, and the time that the limits alone ask for."""
        limits = self.limits or Limits("nothing")
        return JSONResponse(
            {
                "requests": self.requests,
                "refused": limits.refused,
                "least_seconds": limits.least_seconds(),
            }
        )


def _account_of(request: Request) -> str:
    return request.headers["authorization"].rpartition("-")[2]


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=60_000, help="per account")
    parser.add_argument("--days", type=int, default=360)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds a request")
    parser.add_argument("--per-record", type=float, default=0.0, help="seconds a record")
    parser.add_argument("--metrics", type=int, default=0, help="per account")
    parser.add_argument("--limits", choices=FORMS, help="the form in which they are announced")
    parser.add_argument("--port", type=int, required=True)
    klaviyo = Klaviyo(options := parser.parse_args())
    limited = klaviyo.within_limits
    routes = [
        Route("/api/events", limited("events", klaviyo.events)),
        Route("/api/accounts", limited("accounts", klaviyo.account)),
        Route("/api/metrics", limited("metrics", klaviyo.metrics)),
        Route("/api/mapped-metrics", limited("mapped-metrics", klaviyo.mapped_metrics)),
        Route(
            "/api/metric-aggregates",
            limited("metric-aggregates", klaviyo.aggregates),
            methods=["POST"],
        ),
        Route("/api/seen", klaviyo.seen),
        Route("/api/{rest:path}", klaviyo.nothing, methods=["GET", "POST"]),
    ]
    uvicorn.run(Starlette(routes=routes), port=options.port, log_level="critical")


if __name__ == "__main__":
    main()
