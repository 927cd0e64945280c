"""Flows and their messages."""

from __future__ import annotations

import typing as t
from datetime import timedelta
from functools import partial

from singer_sdk import typing as th

from tap_klaviyo.client.endpoint import Endpoint
from tap_klaviyo.client.filters import all_of, equals, greater_or_equal
from tap_klaviyo.client.jsonapi import data_of, record_of
from tap_klaviyo.run.isolation import Subject
from tap_klaviyo.streams.base import KlaviyoStream
from tap_klaviyo.streams.columns import ACCOUNT_ID, TAG_IDS, column
from tap_klaviyo.streams.flow_definitions import FlowDefinitions, definition_of
from tap_klaviyo.streams.items import Records
from tap_klaviyo.streams.tagged import tagged_pages
from tap_klaviyo.times import parse

if t.TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.streams.items import Item, Record
    from tap_klaviyo.streams.stream_run import StreamRun

FLOW_ACTIONS = Endpoint("flows/{id}/flow-actions", burst=3, steady=60, page_size=50)
FLOW_MESSAGES = Endpoint("flow-actions/{id}/flow-messages", burst=3, steady=60, page_size=50)

OVERLAP = timedelta(days=7)  # changes in this span before the bookmark are re-read
DEFINITION_OVERLAP = timedelta(days=1)  # a definition costs a request each time

SILENT_ACTIONS = frozenset(
    {
        "action-output-split",
        "back-in-stock-delay",
        "code",
        "conditional-split",
        "countdown-delay",
        "internal-service",
        "list-update",
        "multi-branch-split",
        "target-date",
        "time-delay",
        "trigger-split",
        "update-profile",
    }
)
"""Types of action that never send anything: requesting their messages would be wasted."""


class Flows(KlaviyoStream):
    """One record per flow, archived ones too."""

    name = "flows"
    has_tags = True
    endpoint = Endpoint("flows", burst=3, steady=60, page_size=50, scope="flows:read")
    primary_keys = ("account_id", "id")
    replication_key = "updated"
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the flow.", required=True),
        column("name", "Name of the flow."),
        column("status", "`draft`, `manual` or `live`."),
        column("archived", "Whether it was archived.", th.BooleanType),
        column("trigger_type", "What starts it, such as `Metric`."),
        TAG_IDS,
        column("created", "When it was created, UTC.", th.DateTimeType),
        column("updated", "When it was last changed, UTC.", th.DateTimeType),
    ).to_dict()

    def read(self, run: StreamRun) -> Iterator[Item]:
        """Read flows changed since the bookmark, each with its messages and its definition.

        While something of an earlier run is missing, all flows are listed: that costs little.
        """
        since = None if run.state.bookmark is None else run.since(OVERLAP)
        changed = []
        if since is not None and not run.state.lists_all(with_tags=True):
            changed = [greater_or_equal("updated", since)]
        for archived in (False, True):
            params = {"filter": all_of(equals("archived", archived), *changed)}
            for page in tagged_pages(run, self.endpoint, params):
                flows = run.convert(data_of(page), partial(self.record, run))
                yield Records(self.name, flows)
                if run.is_selected(FlowMessages.name):
                    yield from _messages(run, flows, since)
                if run.is_selected(FlowDefinitions.name):
                    yield from _definitions(run, flows)
        yield run.end(tagged=True)


class FlowMessages(KlaviyoStream):
    """One record per message a flow can send."""

    name = "flow_messages"
    read_with = "flows"
    primary_keys = ("account_id", "id")
    replication_key = "updated"
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the flow message, `$message` of its events.", required=True),
        column("flow_id", "The flow it belongs to."),
        column("flow_action_id", "The action that sends it."),
        column("name", "Name of the message."),
        column("channel", "Channel, as Klaviyo names it."),
        column("subject", "Subject line of an email, title of a push message."),
        column("created", "When it was created, UTC.", th.DateTimeType),
        column("updated", "When it was last changed, UTC.", th.DateTimeType),
        column("definition", "The message as Klaviyo sends it.", th.ObjectType()),
    ).to_dict()


def _messages(run: StreamRun, flows: list[Record], since: datetime | None) -> Iterator[Records]:
    """The messages of the flows that are new, changed or missing."""
    for flow in flows:
        if flow["id"] in run.state.left_out or _is_newer(flow, since):
            yield from _messages_of_flow(run, flow["id"])


def _definitions(run: StreamRun, flows: list[Record]) -> Iterator[Records]:
    """The definitions of the flows that are new, changed or missing."""
    bookmark = run.state.bookmark
    since = None if bookmark is None else max(run.since(OVERLAP), bookmark - DEFINITION_OVERLAP)
    for flow in flows:
        if flow["id"] in run.state.left_out or _is_newer(flow, since):
            yield from definition_of(run, flow["id"])


def _is_newer(flow: Record, since: datetime | None) -> bool:
    return since is None or flow["updated"] is None or parse(flow["updated"]) >= since


def _messages_of_flow(run: StreamRun, flow_id: str) -> Iterator[Records]:
    endpoint = FLOW_ACTIONS.of(flow_id)
    actions = Subject("flow actions", endpoint.path)
    with run.isolate(Subject("flows with their messages", endpoint.path), flow_id, flow_id):
        for page in run.member(FlowMessages.name).pages(endpoint):
            sending = run.convert(data_of(page), _sending_action, actions, flow_id)
            for action_id in filter(None, sending):
                yield from _messages_of_action(run, flow_id, action_id)


def _sending_action(action: Resource) -> str | None:
    """Id of an action that may have messages; an unknown type may."""
    kind = ((action.get("attributes") or {}).get("definition") or {}).get("type")
    relationship = (action.get("relationships") or {}).get("flow-messages") or {}
    if kind in SILENT_ACTIONS or relationship.get("data") == []:
        return None
    return t.cast("str", action["id"])


def _messages_of_action(run: StreamRun, flow_id: str, action_id: str) -> Iterator[Records]:
    name, endpoint = FlowMessages.name, FLOW_MESSAGES.of(action_id)
    subject = Subject("flow actions with their messages", endpoint.path)
    with run.isolate(subject, action_id, flow_id):
        for page in run.member(FlowMessages.name).pages(endpoint):
            convert = partial(_message, run.account.id, flow_id, action_id)
            messages = Subject(name, endpoint.path)
            yield Records(name, run.convert(data_of(page), convert, messages, flow_id))


def _message(account_id: str, flow_id: str, action_id: str, item: Resource) -> Record:
    attributes = item["attributes"]
    definition = attributes.get("definition") or {}
    return {
        **record_of(account_id, item, FlowMessages.schema),
        "flow_id": flow_id,
        "flow_action_id": action_id,
        "name": attributes.get("name") or definition.get("name"),
        "subject": definition.get("subject_line") or definition.get("title"),
        "definition": definition,
    }
