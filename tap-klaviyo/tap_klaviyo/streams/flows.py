"""Flows and the messages in them."""

from __future__ import annotations

import typing as t
from datetime import timedelta
from functools import partial

from singer_sdk import typing as th

from tap_klaviyo.client.filters import all_of, equals, greater_or_equal
from tap_klaviyo.client.jsonapi import data_of
from tap_klaviyo.client.rate_limits import Limit
from tap_klaviyo.run.isolation import each, part
from tap_klaviyo.streams.base import Checkpoint, KlaviyoStream, Records
from tap_klaviyo.streams.columns import ACCOUNT_ID, column
from tap_klaviyo.times import parse, utc_text

if t.TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tap_klaviyo.account import Account
    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.streams.base import Item, Record

FLOWS = Limit("flows", burst=3, steady=60)
FLOW_ACTIONS = Limit("flow-actions", burst=3, steady=60)
FLOW_MESSAGES = Limit("flow-messages", burst=3, steady=60)

OVERLAP = timedelta(days=7)
"""Flows changed in this span before the bookmark are read again."""

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
"""Types of action that never send anything: asking them for messages would cost a request."""

PAGE = {"page[size]": "50"}  # the API's maximum


class Flows(KlaviyoStream):
    """One record per flow, archived ones too."""

    name = "flows"
    primary_keys = ("account_id", "id")
    replication_key = "updated"
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the flow.", required=True),
        column("name", "Name of the flow."),
        column("status", "`draft`, `manual` or `live`."),
        column("archived", "Whether it was archived.", th.BooleanType),
        column("trigger_type", "What starts it, such as `Metric`."),
        column("created", "When it was made, UTC.", th.DateTimeType),
        column("updated", "When it was last changed, UTC.", th.DateTimeType),
    ).to_dict()

    def read(self, account: Account) -> Iterator[Item]:
        """Flows changed since the bookmark, each with the messages of its actions."""
        tally = account.tallies[self.name]
        since = None if self.bookmark(account) is None else self.since(account, OVERLAP)
        again = self.left_out(account)  # the list of flows costs little, so then it is read whole
        newer = () if since is None or again else (greater_or_equal("updated", since),)
        with_messages = any(stream.name == FlowMessages.name for stream in self.family)
        for archived in (False, True):
            params = {"filter": all_of(equals("archived", archived), *newer), **PAGE}
            for page in account.pages(self.name, FLOWS, "flows", params):
                flows = each(tally, self.name, "flows", data_of(page), partial(_flow, account))
                yield Records(self.name, flows)
                for flow in flows if with_messages else ():
                    if flow["id"] in again or _is_newer(flow, since):
                        yield from self._actions(account, flow["id"])
        yield Checkpoint(self._tap.until, {"left_out": sorted(tally.again)})

    def _actions(self, account: Account, flow_id: str) -> Iterator[Records]:
        """The messages of a flow, action by action."""
        tally, path = account.tallies[self.name], f"flows/{flow_id}/flow-actions"
        with part(tally, "flows with their messages", path, flow_id, flow_id):
            for page in account.pages(FlowMessages.name, FLOW_ACTIONS, path, PAGE):
                may = each(tally, "flow actions", path, data_of(page), _may_send, flow_id)
                for action_id in filter(None, may):
                    yield from self._messages(account, flow_id, action_id)

    def _messages(self, account: Account, flow_id: str, action_id: str) -> Iterator[Records]:
        """The messages of an action."""
        name, tally = FlowMessages.name, account.tallies[self.name]
        path = f"flow-actions/{action_id}/flow-messages"
        with part(tally, "flow actions with their messages", path, action_id, flow_id):
            for page in account.pages(name, FLOW_MESSAGES, path, PAGE):
                convert = partial(_message, account, flow_id, action_id)
                yield Records(name, each(tally, name, path, data_of(page), convert, flow_id))


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
        column("subject", "Subject line of an e-mail, title of a push message."),
        column("created", "When it was made, UTC.", th.DateTimeType),
        column("updated", "When it was last changed, UTC.", th.DateTimeType),
        column("definition", "The message as Klaviyo sends it.", th.ObjectType()),
    ).to_dict()


def _is_newer(flow: Record, since: datetime | None) -> bool:
    return since is None or flow["updated"] is None or parse(flow["updated"]) >= since


def _may_send(action: Resource) -> str | None:
    """Id of an action that can have messages; one of an unknown type might."""
    kind = ((action.get("attributes") or {}).get("definition") or {}).get("type")
    relationship = (action.get("relationships") or {}).get("flow-messages") or {}
    if kind in SILENT_ACTIONS or relationship.get("data") == []:
        return None
    return t.cast("str", action["id"])


def _flow(account: Account, item: Resource) -> Record:
    attributes = item["attributes"]
    plain = ("name", "status", "archived", "trigger_type")
    return {
        "account_id": account.id,
        "id": item["id"],
        **{name: attributes.get(name) for name in plain},
        "created": utc_text(attributes.get("created")),
        "updated": utc_text(attributes.get("updated")),
    }


def _message(account: Account, flow_id: str, action_id: str, item: Resource) -> Record:
    attributes = item["attributes"]
    definition = attributes.get("definition") or {}
    return {
        "account_id": account.id,
        "id": item["id"],
        "flow_id": flow_id,
        "flow_action_id": action_id,
        "name": attributes.get("name") or definition.get("name"),
        "channel": attributes.get("channel"),
        "subject": definition.get("subject_line") or definition.get("title"),
        "created": utc_text(attributes.get("created")),
        "updated": utc_text(attributes.get("updated")),
        "definition": definition,
    }
