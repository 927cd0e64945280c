"""Flows and the messages in them."""

from __future__ import annotations

import typing as t
from datetime import timedelta

from singer_sdk import typing as th

from tap_klaviyo.errors import NotFound
from tap_klaviyo.filters import all_of, equals, greater_or_equal
from tap_klaviyo.pace import Limit
from tap_klaviyo.streams.base import Checkpoint, KlaviyoStream, Records
from tap_klaviyo.streams.columns import ACCOUNT_ID, column
from tap_klaviyo.times import utc_text

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_klaviyo.account import Account
    from tap_klaviyo.resources import Resource
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
        until = self._tap.until
        bookmark = self.bookmark(account)
        newer = (
            () if bookmark is None else (greater_or_equal("updated", self.since(account, OVERLAP)),)
        )
        with_messages = any(stream.name == FlowMessages.name for stream in self.family)
        for archived in (False, True):
            params = {"filter": all_of(equals("archived", archived), *newer), **PAGE}
            for page in account.pages(self.name, FLOWS, "flows", params):
                yield Records(self.name, [_flow(account, item) for item in page["data"]])
                for flow in page["data"] if with_messages else ():
                    yield from self._messages(account, flow["id"])
        yield Checkpoint(until)

    @staticmethod
    def _messages(account: Account, flow_id: str) -> Iterator[Records]:
        name = FlowMessages.name
        try:
            for actions in account.pages(name, FLOW_ACTIONS, f"flows/{flow_id}/flow-actions", PAGE):
                for action in actions["data"]:
                    if not _may_send(action):
                        continue
                    path = f"flow-actions/{action['id']}/flow-messages"
                    for page in account.pages(name, FLOW_MESSAGES, path, PAGE):
                        records = [_message(account, flow_id, action, m) for m in page["data"]]
                        yield Records(name, records)
        except NotFound:
            return  # deleted since it was listed


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


def _may_send(action: Resource) -> bool:
    """Whether an action can have messages; one of an unknown type might."""
    kind = (action["attributes"].get("definition") or {}).get("type")
    relationship = (action.get("relationships") or {}).get("flow-messages") or {}
    return kind not in SILENT_ACTIONS and relationship.get("data") != []


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


def _message(account: Account, flow_id: str, action: Resource, item: Resource) -> Record:
    attributes = item["attributes"]
    definition = attributes.get("definition") or {}
    return {
        "account_id": account.id,
        "id": item["id"],
        "flow_id": flow_id,
        "flow_action_id": action["id"],
        "name": attributes.get("name") or definition.get("name"),
        "channel": attributes.get("channel"),
        "subject": definition.get("subject_line") or definition.get("title"),
        "created": utc_text(attributes.get("created")),
        "updated": utc_text(attributes.get("updated")),
        "definition": definition,
    }
