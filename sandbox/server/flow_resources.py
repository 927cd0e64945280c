"""Flows with their actions and messages."""

from __future__ import annotations

from datetime import timedelta
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
    actions = [one["id"] for one in _actions(account, flow)]
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


def defined_flow(account: Account, flow: Flow) -> Resource:
    """A flow with its definition, which only those are served who ask for it."""
    made = flow_resource(account, flow)
    made["attributes"]["definition"] = {
        "triggers": [_trigger(account, flow)],
        "profile_filter": _profile_filter(account, flow),
        "actions": _actions(account, flow),
        "entry_action_id": flow.messages[0].delay_id,
        "reentry_criteria": {"duration": 1, "unit": "alltime"},
    }
    return made


def _trigger(account: Account, flow: Flow) -> Resource:
    if flow.trigger_type == "Metric":
        ident = account.metrics[flow.trigger].id
        return {"type": "metric", "id": ident, "trigger_filter": None}
    return {"type": "list", "id": account.lists[flow.trigger].id}


def _profile_filter(account: Account, flow: Flow) -> Resource | None:
    """Who buys after all leaves the flow of the abandoned checkout."""
    if flow.key != "checkout":
        return None
    condition = {
        "type": "profile-metric",
        "metric_id": account.metrics["order"].id,
        "measurement": "count",
        "measurement_filter": {"type": "numeric", "operator": "equals", "value": 0},
        "timeframe_filter": {"type": "date", "operator": "flow-start"},
        "metric_filters": None,
    }
    return {"condition_groups": [{"conditions": [condition]}]}


def _actions(account: Account, flow: Flow) -> list[Resource]:
    """What a flow does, one after another: it waits, and it sends."""
    made: list[Resource] = []
    waited = timedelta()
    for message in flow.messages:
        made.append(_wait(message, message.after - waited))
        made.append(_send(account, flow, message))
        waited = message.after
    following = [one["id"] for one in made[1:]]
    return [
        one | {"links": {"next": after}}
        for one, after in zip(made, [*following, None], strict=True)
    ]


def _wait(message: FlowMessage, span: timedelta) -> Resource:
    """A delay, in the largest unit without a rest."""
    minutes = span // timedelta(minutes=1)
    size, unit = next(
        (size, unit)
        for size, unit in ((1440, "days"), (60, "hours"), (1, "minutes"))
        if minutes % size == 0
    )
    data = {"unit": unit, "value": minutes // size, "secondary_value": None, "timezone": "profile"}
    return {"id": message.delay_id, "type": "time-delay", "data": data}


def _send(account: Account, flow: Flow, message: FlowMessage) -> Resource:
    content: Resource = {"id": message.id, "name": message.name}
    content |= (
        {"subject_line": message.subject}
        if message.channel == "email"
        else {"body": message.subject}
    )
    return {
        "id": message.action_id,
        "type": f"send-{message.channel}",
        "data": {"message": content, "status": flow.message_status(message, account.until)},
    }


def action_resources(account: Account, flow: Flow) -> list[Resource]:
    """The actions of a flow, as resources of their own."""
    sent_by = {message.action_id: message.id for message in flow.messages}
    times = {"created": iso(flow.created_at), "updated": iso(flow.updated_at(account.until))}
    return [
        resource(
            "flow-action",
            action["id"],
            {**times, "definition": action},
            flow=ref("flow", flow.id),
            flow_messages=[ref("flow-message", sent_by[action["id"]])]
            if action["id"] in sent_by
            else [],
        )
        for action in _actions(account, flow)
    ]


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
