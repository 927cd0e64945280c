"""GET /events: the busy endpoint. Each event is encoded once; a page is joined bytes."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta, timezone
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sandbox.server.errors import bad_parameter
from sandbox.server.listing import sparse
from sandbox.server.profiles import last_events, profile_resource
from sandbox.server.query import next_link
from sandbox.server.resources import metric_resource, ref, resource

if TYPE_CHECKING:
    from sandbox.account.account import Account
    from sandbox.account.event import Attribution, Event
    from sandbox.server.contract import Endpoint
    from sandbox.server.filters import Condition
    from sandbox.server.query import Query

_AT = attrgetter("at")
_ORDER = attrgetter("order")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_SECOND = timedelta(seconds=1)


def events_page(
    account: Account, endpoint: Endpoint, query: Query, url: str, now: datetime
) -> tuple[list[bytes], list[bytes], str | None]:
    """One page of events.

    Returns:
        The encoded events, the encoded included resources, the next page's address or None.

    Raises:
        ApiError: 400 for a filter bound in the future or a window whose ends are equal.
    """
    _check_window(query, now)
    seconds = now.timestamp()
    found = [one for one in _select(account, query.conditions) if one.shown_from <= seconds]
    found = _resume(found, query)
    page = found[: query.size]
    following = None
    if len(found) > query.size:
        following = next_link(url, endpoint, account.id, query, page[-1].order)
    return (
        [_encoded(account, event, query, seconds) for event in page],
        _included(account, page, query, seconds),
        following,
    )


def _check_window(query: Query, now: datetime) -> None:
    bounds = [item for item in query.conditions if item.field in ("datetime", "timestamp")]
    lower = [_seconds(item) for item in bounds if item.operator.startswith("greater")]
    upper = [_seconds(item) for item in bounds if item.operator.startswith("less")]
    for seconds in (*lower, *upper):
        if seconds > now.timestamp():
            moment = (_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None, microsecond=0)
            raise bad_parameter(
                name="filter", detail=f"End date may not be in the future: {moment.isoformat()}"
            )
    if lower and upper and int(max(lower)) >= int(min(upper)):
        raise bad_parameter(name="filter", detail="Start date must be before end date")


def _seconds(condition: Condition) -> float:
    if condition.field == "timestamp":
        return float(condition.value)
    return float((condition.value - _EPOCH) / _SECOND)


def _select(account: Account, conditions: tuple[Condition, ...]) -> list[Event]:
    """Events that match, in ascending order."""
    equal = {item.field: item.value for item in conditions if item.operator == "equals"}
    events = account.events
    if "metric_id" in equal:
        keys = {metric.id: metric.key for metric in account.metrics.values()}
        if equal["metric_id"] not in keys:
            detail = f"Metric IDs ['{equal['metric_id']}'] do not exist"
            raise bad_parameter(name="filter", detail=detail)
        events = account.by_metric[keys[equal["metric_id"]]]
    low, high = 0, len(events)
    for item in conditions:
        if item.field in ("datetime", "timestamp"):
            low, high = _narrow(events, item, low, high)
    events = events[low:high]
    if "profile_id" in equal:
        events = [event for event in events if event.profile == equal["profile_id"]]
    return events


def _narrow(events: list[Event], bound: Condition, low: int, high: int) -> tuple[int, int]:
    seconds = _seconds(bound)
    after = bound.operator in ("greater-than", "less-or-equal")
    cut = (bisect_right if after else bisect_left)(events, seconds, key=_AT)
    return (max(low, cut), high) if bound.operator.startswith("greater") else (low, min(high, cut))


def _resume(events: list[Event], query: Query) -> list[Event]:
    """The rest after the cursor, in the order asked for."""
    descending = query.sort.startswith("-")
    if query.after is not None:
        after = tuple(query.after)
        if descending:
            events = events[: bisect_left(events, after, key=_ORDER)]
        else:
            events = events[bisect_right(events, after, key=_ORDER) :]
    return events[: -query.size - 2 : -1] if descending else events[: query.size + 1]


def _encoded(account: Account, event: Event, query: Query, now: float) -> bytes:
    credits_of = _credits(event, now) if "attributions" in query.include else None
    if query.fields:
        return _bytes(sparse(_event_resource(account, event, credits_of), query.fields))
    variant = "plain" if credits_of is None else f"{len(credits_of)} credits"
    found = event.encoded.get(variant)
    if found is None:
        found = _bytes(_event_resource(account, event, credits_of))
        event.encoded[variant] = found
    return found


def _credits(event: Event, now: float) -> list[Attribution]:
    """What the event is credited to, as far as this endpoint knows by now."""
    is_shown = event.attribution is not None and event.credit_shown_from <= now
    return [event.attribution] if event.attribution and is_shown else []


def _event_resource(
    account: Account, event: Event, credits_of: list[Attribution] | None
) -> dict[str, Any]:
    made = resource(
        "event",
        event.id,
        {
            "timestamp": event.at,
            "event_properties": event.properties,
            "datetime": datetime.fromtimestamp(event.at, timezone.utc).isoformat(),
            "uuid": event.uuid,
        },
        profile=ref("profile", event.profile),
        metric=ref("metric", account.metrics[event.metric].id),
        attributions=[ref("attribution", credit.id) for credit in credits_of or ()],
    )
    if credits_of is None:
        del made["relationships"]["attributions"]["data"]
    return made


def _included(account: Account, page: list[Event], query: Query, now: float) -> list[bytes]:
    found: list[dict[str, Any]] = []
    if "attributions" in query.include:
        found += [_credit_resource(one, item) for item in page for one in _credits(item, now)]
    if "metric" in query.include:
        keys = {event.metric: None for event in page}
        found += [metric_resource(account, account.metrics[key]) for key in keys]
    if "profile" in query.include:
        wanted, last = {event.profile for event in page}, last_events(account)
        found += [
            profile_resource(account, one, last.get(one.id))
            for one in account.people
            if one.id in wanted
        ]
    return [_bytes(sparse(item, query.fields)) for item in found]


def _credit_resource(credit: Attribution, event: Event) -> dict[str, Any]:
    owners: dict[str, Any] = {
        "event": ref("event", event.id),
        "attributed_event": ref("event", credit.event_id),
    }
    if credit.campaign_id is not None:
        owners["campaign"] = ref("campaign", credit.campaign_id)
        owners["campaign_message"] = ref("campaign-message", credit.message_id)
    if credit.flow_id is not None:
        owners["flow"] = ref("flow", credit.flow_id)
        owners["flow_message"] = ref("flow-message", credit.message_id)
        if credit.variation_id:
            owners["flow_message_variation"] = ref("flow-message", credit.variation_id)
    return resource("attribution", credit.id, None, **owners)


def _bytes(item: dict[str, Any]) -> bytes:
    return json.dumps(item, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )
