"""Which resources each small collection holds, and what may be included with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.server.campaign_resources import (
    audience_resource,
    campaign_resource,
    message_resource,
    variation_resource,
)
from sandbox.server.errors import not_found
from sandbox.server.flow_resources import (
    action_resources,
    defined_flow,
    flow_message_resource,
    flow_resource,
)
from sandbox.server.library_resources import (
    form_resources,
    list_resource,
    list_resources,
    segment_resources,
    tag_group_resource,
    tag_resources,
    template_resources,
    usage_resources,
)
from sandbox.server.listing import value_at
from sandbox.server.profiles import profile_resources
from sandbox.server.resources import account_resource, mapped_resource, metric_resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sandbox.account.account import Account
    from sandbox.account.flows import Flow
    from sandbox.server.filters import Condition
    from sandbox.server.resources import Resource

_ARCHIVED = {"campaigns": "attributes.definition.archived", "flows": "attributes.archived"}


def shown_by_default(
    name: str, resources: list[Resource], conditions: Iterable[Condition]
) -> list[Resource]:
    """Without a filter on `archived`, what is in the archive is not shown."""
    path = _ARCHIVED.get(name)
    if path is None or any(condition.field == "archived" for condition in conditions):
        return resources
    return [item for item in resources if not value_at(item, path)]


def related_to(account: Account, page: list[Resource], include: frozenset[str]) -> list[Resource]:
    """The resources that the page refers to by the relationships in `include`."""
    wanted = {
        (one["type"], one["id"]): None
        for item in page
        for name, relation in item.get("relationships", {}).items()
        if name in include
        for one in _many(relation["data"])
    }
    known = {(item["type"], item["id"]): item for item in _everything(account)}
    return [known[key] for key in wanted]


def _many(data: Resource | list[Resource] | None) -> list[Resource]:
    if data is None:
        return []
    return data if isinstance(data, list) else [data]


def _everything(account: Account) -> list[Resource]:
    found = [*_metrics(account, None), *_flows(account, None), *tag_resources(account)]
    found.append(tag_group_resource(account))
    for campaign in account.campaigns:
        found.append(audience_resource(account, campaign))
        found += [message_resource(account, campaign, message) for message in campaign.messages]
    for flow in account.flows.values():
        found += action_resources(account, flow)
    return found


def _account(account: Account, ident: str | None) -> list[Resource]:
    if ident not in (None, account.id):
        raise not_found(kind="account", ident=ident)
    return [account_resource(account)]


def _metrics(account: Account, _ident: str | None) -> list[Resource]:
    return [metric_resource(account, metric) for metric in account.metrics.values()]


def _mapped(account: Account, _ident: str | None) -> list[Resource]:
    return [mapped_resource(account, item) for item in account.metrics.values() if item.mapping]


def _campaigns(account: Account, _ident: str | None) -> list[Resource]:
    return [campaign_resource(account, campaign) for campaign in account.campaigns]


def _variations(account: Account, ident: str | None) -> list[Resource]:
    for campaign in account.campaigns:
        for message in campaign.messages:
            if message.id == ident:
                return [
                    variation_resource(account, campaign, message, variation)
                    for variation in message.variations
                ]
    raise not_found(kind="campaign message", ident=ident)


def _flows(account: Account, _ident: str | None) -> list[Resource]:
    return [flow_resource(account, flow) for flow in account.flows.values()]


def _flow(account: Account, ident: str | None) -> list[Resource]:
    return [defined_flow(account, _flow_by_id(account, ident))]


def _actions(account: Account, ident: str | None) -> list[Resource]:
    return action_resources(account, _flow_by_id(account, ident))


def _flow_by_id(account: Account, ident: str | None) -> Flow:
    for flow in account.flows.values():
        if flow.id == ident:
            return flow
    raise not_found(kind="flow", ident=ident)


def _flow_messages(account: Account, ident: str | None) -> list[Resource]:
    for flow in account.flows.values():
        for message in flow.messages:
            if message.delay_id == ident:
                return []
            if message.action_id == ident:
                return [flow_message_resource(account, flow, message)]
    raise not_found(kind="flow action", ident=ident)


SINGLE = frozenset({"account", "flow", "list"})
"""Endpoints that return one resource, not a list."""

RESOURCES: dict[str, Callable[[Account, str | None], list[Resource]]] = {
    "accounts": _account,
    "account": _account,
    "metrics": _metrics,
    "mapped-metrics": _mapped,
    "campaigns": _campaigns,
    "campaign-variations": _variations,
    "flows": _flows,
    "flow": _flow,
    "flow-actions": _actions,
    "flow-messages": _flow_messages,
    "lists": lambda account, _: list_resources(account),
    "list": list_resource,
    "segments": lambda account, _: segment_resources(account),
    "tags": lambda account, _: tag_resources(account),
    "forms": lambda account, _: form_resources(account),
    "templates": lambda account, _: template_resources(account),
    "billing-usage": lambda account, _: usage_resources(account),
    "profiles": lambda account, _: profile_resources(account),
}
