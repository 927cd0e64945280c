"""Flows with their actions and messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.server.library_resources import tag_refs
from sandbox.server.resources import Resource, iso, ref, resource

if TYPE_CHECKING:
    from sandbox.account.account import Account
    from sandbox.account.flows import Flow, FlowMessage


def tags_of_flow(flow: Flow) -> tuple[str, ...]:
    """Names of a flow's tags."""
    return ("Old",) if flow.is_archived else ("Automatic",)


def flow_resource(account: Account, flow: Flow) -> Resource:
    """A flow."""
    actions = [flow.delay_action_id, *(message.action_id for message in flow.messages)]
    return resource(
        "flow",
        flow.id,
        {
            "name": flow.name,
            "status": flow.status(account.until),
            "archived": flow.is_archived,
            "created": iso(flow.created_at),
            "updated": iso(flow.updated_at(account.until)),
            "trigger_type": flow.trigger_type,
        },
        flow_actions=[ref("flow-action", item) for item in actions],
        tags=tag_refs(account, tags_of_flow(flow)),
    )


def action_resource(account: Account, flow: Flow, message: FlowMessage | None) -> Resource:
    """An action of a flow: it sends a message, or (without one) it waits."""
    ident = flow.delay_action_id if message is None else message.action_id
    definition: Resource = {"id": ident, "type": "time-delay", "links": {"next": None}}
    if message is not None:
        definition["type"] = f"send-{message.channel}"
        definition["data"] = {
            "message": {"id": message.id, "name": message.name},
            "status": flow.status(account.until),
        }
    times = {"created": iso(flow.created_at), "updated": iso(flow.updated_at(account.until))}
    return resource(
        "flow-action",
        ident,
        {**times, "definition": definition},
        flow=ref("flow", flow.id),
        flow_messages=[] if message is None else [ref("flow-message", message.id)],
    )


def flow_message_resource(account: Account, flow: Flow, message: FlowMessage) -> Resource:
    """A message of a flow."""
    brand = account.brand
    definition: Resource = {"id": message.id, "name": message.name, "smart_sending_enabled": True}
    if message.channel == "email":
        definition |= {
            "from_email": f"hello@{brand.client}.example",
            "from_label": brand.organization,
            "subject_line": message.subject,
            "preview_text": "",
        }
    else:
        definition["body"] = message.subject
    return resource(
        "flow-message",
        message.id,
        {
            "channel": message.channel,
            "created": iso(flow.created_at),
            "updated": iso(flow.updated_at(account.until)),
            "definition": definition,
        },
        flow_action=ref("flow-action", message.action_id),
        template=None,
    )
