"""What a flow does: what starts it, who may enter, its steps and when they come.

Of the steps, only what says how the flow runs: the headers of a webhook may hold the keys of
another service, and what is sent is in `flow_messages`.
"""

from __future__ import annotations

import typing as t
from datetime import datetime
from functools import partial

from singer_sdk import typing as th

from tap_klaviyo.client.endpoint import Endpoint
from tap_klaviyo.client.jsonapi import record_of
from tap_klaviyo.run.isolation import Subject
from tap_klaviyo.streams.base import KlaviyoStream
from tap_klaviyo.streams.columns import ACCOUNT_ID, LIST, READ_AT, column
from tap_klaviyo.streams.items import Records
from tap_klaviyo.times import UTC, to_z

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.streams.items import Record
    from tap_klaviyo.streams.stream_run import StreamRun

ASKED = {"additional-fields[flow]": "definition"}

HOURS = {"minutes": 1 / 60, "hours": 1.0, "days": 24.0}
"""Hours in a unit of a delay."""

SMALLER = {"minutes": "minutes", "hours": "minutes", "days": "hours"}
"""Unit of a delay's `secondary_value`. Not documented: the next smaller one."""

INDEFINITE = frozenset({"back-in-stock-delay", "countdown-delay", "target-date"})
"""Types of step that wait for something else than a time after the step before."""


class FlowDefinitions(KlaviyoStream):
    """One record per flow: its trigger, its filters and its steps."""

    name = "flow_definitions"
    read_with = "flows"
    endpoint = Endpoint("flows/{id}", burst=3, steady=60, kind="flow")
    primary_keys = ("account_id", "id")
    replication_key = "updated"
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the flow.", required=True),
        column("updated", "When the flow was last changed, UTC.", th.DateTimeType),
        column(
            "trigger_kind",
            "What starts it: `metric`, `list`, `segment`, `date`, `price-drop` or "
            "`low-inventory`; empty if nothing does yet.",
        ),
        column("trigger_id", "Klaviyo's id of that metric, list or segment; empty for others."),
        column("trigger", "The trigger as Klaviyo sends it, with its filter.", th.ObjectType()),
        column("profile_filter", "Who may enter, as Klaviyo sends it.", th.ObjectType()),
        column("reentry_criteria", "After how long one may enter once more.", th.ObjectType()),
        column(
            "steps",
            "Its steps: `id`, `type`, `status`, `message_id`, `message_name`, `next` (ids of the "
            "steps that may follow), `delay_hours` (null if it depends on something else than "
            "time) and `after_hours`: the fewest hours from the trigger to the step.",
            LIST,
        ),
        READ_AT,
    ).to_dict()


def definition_of(run: StreamRun, flow_id: str) -> Iterator[Records]:
    """The definition of a flow; one that cannot be read is requested again by the next run."""
    endpoint = FlowDefinitions.endpoint.of(flow_id)
    subject = Subject("flow definitions", endpoint.path)
    with run.isolate(subject, flow_id, flow_id):
        document = run.member(FlowDefinitions.name).get(endpoint, ASKED)
        convert = partial(_record, run.account.id)
        yield Records(
            FlowDefinitions.name, run.convert([document["data"]], convert, subject, flow_id)
        )


def _record(account_id: str, item: Resource) -> Record:
    attributes = item["attributes"]
    definition = attributes["definition"] or {}
    trigger = next(iter(definition.get("triggers") or ()), None) or {}
    return {
        **record_of(account_id, item, FlowDefinitions.schema, {**attributes, **definition}),
        "trigger_kind": trigger.get("type"),
        "trigger_id": trigger.get("id"),
        "trigger": trigger or None,
        "steps": steps_of(definition.get("actions") or [], definition.get("entry_action_id")),
        "read_at": to_z(datetime.now(UTC)),
    }


def steps_of(actions: list[Resource], entry: str | None) -> list[Record]:
    """The steps of a definition, in its order.

    Args:
        actions: Its actions, as Klaviyo sends them.
        entry: Id of the first one.
    """
    steps = {action["id"]: _step(action) for action in actions}
    for step in steps.values():
        step["next"] = [ident for ident in step["next"] if ident in steps]
    arrival = _arrivals(steps, entry)
    return [{**step, "after_hours": arrival.get(ident)} for ident, step in steps.items()]


def _step(action: Resource) -> Record:
    data = action.get("data") or {}
    message = _message(data)
    return {
        "id": action["id"],
        "type": action["type"],
        "status": data.get("status"),
        "message_id": message.get("id"),
        "message_name": message.get("name"),
        "delay_hours": _delay_hours(action["type"], data),
        "next": list(_ids(action.get("links"))),
    }


def _message(data: Mapping[str, t.Any]) -> Mapping[str, t.Any]:
    """The message of a step; of an experiment, that of its main action."""
    main = (data.get("main_action") or {}).get("data") or {}
    return data.get("message") or main.get("message") or {}


def _delay_hours(kind: str, data: Mapping[str, t.Any]) -> float | None:
    if kind in INDEFINITE:
        return None
    if kind != "time-delay":
        return 0.0
    unit = data["unit"]
    second = (data.get("secondary_value") or 0) * HOURS[SMALLER[unit]]
    return round(float(data["value"] * HOURS[unit] + second), 4)


def _ids(links: object) -> Iterator[str]:
    """Every id in the links of an action, however a split nests them."""
    if isinstance(links, str):
        yield links
    elif isinstance(links, dict):
        for link in links.values():
            yield from _ids(link)
    elif isinstance(links, list):
        for link in links:
            yield from _ids(link)


def _arrivals(steps: Mapping[str, Record], entry: str | None) -> dict[str, float]:
    """The fewest hours from the trigger to each step that can be reached by waiting alone."""
    arrival: dict[str, float] = {}
    ahead = [(0.0, entry)] if entry in steps else []
    while ahead:
        hours, ident = ahead.pop()
        if ident is None or arrival.get(ident, hours + 1) <= hours:
            continue
        arrival[ident] = hours
        delay = steps[ident]["delay_hours"]
        if delay is not None:
            ahead += [(round(hours + delay, 4), following) for following in steps[ident]["next"]]
    return arrival
