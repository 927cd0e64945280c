"""POST /metric-aggregates: counted from the events, in the asked time zone's buckets."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta, timezone
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sandbox.account.event import money
from sandbox.server.resources import PUBLIC, iso

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from sandbox.account.account import Account
    from sandbox.account.event import Event
    from sandbox.server.aggregate_request import AggregateRequest

_AT = attrgetter("at")
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_STEP = {"day": _DAY, "week": 7 * _DAY}


class Group:
    """The measurements of one group of dimensions, one number per bucket."""

    def __init__(self, dimensions: tuple[str, ...], buckets: int) -> None:
        """Start with nothing counted."""
        self.dimensions = dimensions
        self.count = [0] * buckets
        self.cents = [0] * buckets
        self.people: list[set[str]] = [set() for _ in range(buckets)]

    def add(self, bucket: int, event: Event) -> None:
        """Count an event."""
        self.count[bucket] += 1
        self.cents[bucket] += event.cents or 0
        self.people[bucket].add(event.profile)

    def measurements(self, names: tuple[str, ...]) -> dict[str, list[float]]:
        """One list per measurement asked for; sums have at most two decimals."""
        made: dict[str, Callable[[], list[float]]] = {
            "count": lambda: [float(number) for number in self.count],
            "unique": lambda: [float(len(people)) for people in self.people],
            "sum_value": lambda: [money(cents) for cents in self.cents],
        }
        return {name: made[name]() for name in names}

    def sort_value(self, key: str, by: tuple[str, ...]) -> tuple[float, str]:
        """What to sort by: a total or a dimension."""
        if key in by:
            return (0.0, self.dimensions[by.index(key)])
        totals = {
            "count": sum(self.count),
            "sum_value": sum(self.cents),
            "unique": len(set().union(*self.people)) if self.people else 0,
        }
        return (float(totals[key]), "")


def aggregate(account: Account, request: AggregateRequest) -> list[Group]:
    """The groups that have something in the window, sorted; one of zeros if nothing is asked by.

    Args:
        account: Whose events.
        request: The checked request.
    """
    events = account.by_metric[request.metric]
    start, end = request.start.timestamp(), request.end.timestamp()
    edges = [moment.timestamp() for moment in request.buckets]
    groups: dict[tuple[str, ...], Group] = {}
    if not request.by:
        groups[()] = Group((), len(edges))
    low = bisect_left(events, start, key=_AT)
    for event in events[low : bisect_left(events, end, key=_AT)]:
        if not all(dimension(event, name) == value for name, value in request.equals.items()):
            continue
        key = tuple(dimension(event, name) for name in request.by)
        if key not in groups:
            groups[key] = Group(key, len(edges))
        groups[key].add(bisect_right(edges, event.at) - 1, event)
    found = sorted(groups.values(), key=lambda group: group.dimensions)
    if request.sort:
        name = request.sort.removeprefix("-")
        found.sort(
            key=lambda group: group.sort_value(name, request.by),
            reverse=request.sort.startswith("-"),
        )
    return found


def document(
    groups: list[Group], request: AggregateRequest, links: dict[str, Any]
) -> dict[str, Any]:
    """The response: `dates` in UTC, whatever time zone was asked for."""
    attributes = {
        "dates": [iso(moment) for moment in request.buckets],
        "data": [
            {
                "dimensions": list(group.dimensions),
                "measurements": group.measurements(request.measurements),
            }
            for group in groups
        ],
    }
    return {
        "data": {
            "type": "metric-aggregate",
            "id": str(uuid4()),
            "attributes": attributes,
            "links": {"self": f"{PUBLIC}/metric-aggregates/"},
        },
        "links": links,
    }


def buckets(start: datetime, end: datetime, interval: str, zone: ZoneInfo) -> list[datetime]:
    """Starts of the buckets that touch [start, end), in UTC.

    Days, weeks and months begin at the zone's own midnight, so a day has 23 or 25 hours when
    its clocks change. An hour is always sixty minutes.
    """
    local = start.astimezone(zone)
    if interval == "hour":
        moment = local.replace(minute=0, second=0, microsecond=0).astimezone(timezone.utc)
        return [moment + number * _HOUR for number in range(_hours(moment, end))]
    day = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    back = {"day": 0, "week": day.weekday(), "month": day.day - 1}
    day -= back[interval] * _DAY
    found = []
    while (instant := day.replace(tzinfo=zone).astimezone(timezone.utc)) < end:
        found.append(instant)
        day = (day + 32 * _DAY).replace(day=1) if interval == "month" else day + _STEP[interval]
    return found


def _hours(start: datetime, end: datetime) -> int:
    return -(-(end - start) // _HOUR)


def dimension(event: Event, name: str) -> str:
    """An event's value of a dimension, '' where it has none."""
    if name in _CREDIT:
        credit = event.attribution
        return "" if credit is None else str(_CREDIT[name](credit) or "")
    if name in ("$campaign_channel", "$flow_channel"):
        return _channel(event, name)
    value = event.properties.get(name, "")
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


_CREDIT: dict[str, Callable[[Any], str | None]] = {
    "$attributed_channel": attrgetter("channel"),
    "$attributed_flow": attrgetter("flow_id"),
    "$attributed_message": attrgetter("message_id"),
    "$attributed_variation": attrgetter("variation_id"),
}


def _channel(event: Event, name: str) -> str:
    is_flow = "$flow" in event.properties
    if "$message" not in event.properties or is_flow != (name == "$flow_channel"):
        return ""
    return "sms" if event.metric.startswith("sms") else "email"
