"""Lists, segments, tags, forms, templates and the plan's usage."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sandbox.account.habits import form_versions, members_now
from sandbox.account.library import tag_group_id, tag_ids, template_id, version_id
from sandbox.account.usage import billing_usage
from sandbox.server.errors import not_found
from sandbox.server.resources import Resource, iso, ref, resource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.account.account import Account
    from sandbox.account.library import Entry


def list_resources(account: Account) -> list[Resource]:
    """The lists made so far."""
    return [_filed(account, "list", entry) for entry in _made(account, account.lists)]


def list_resource(account: Account, ident: str | None) -> list[Resource]:
    """One of these lists, with its members counted; 404 for another."""
    for entry in _made(account, account.lists):
        if entry.id == ident:
            found = _filed(account, "list", entry)
            found["attributes"]["profile_count"] = members_now(account, entry)
            return [found]
    raise not_found(kind="list", ident=ident)


def segment_resources(account: Account) -> list[Resource]:
    """The segments made so far."""
    found = [_filed(account, "segment", entry) for entry in _made(account, account.segments)]
    for item in found:
        item["attributes"]["definition"] = _definition(account)
    return found


def _made(account: Account, entries: dict[str, Entry]) -> Iterable[Entry]:
    return (entry for entry in entries.values() if entry.created_at <= account.until)


def _filed(account: Account, kind: str, entry: Entry) -> Resource:
    now = account.until
    flows = [ref("flow", account.flows[entry.starts].id)] if entry.starts else []
    return resource(
        kind,
        entry.id,
        {
            "name": entry.name_at(now),
            "created": iso(entry.created_at),
            "updated": iso(entry.updated_at(now)),
            **entry.facts,
        },
        profiles=[],
        tags=tag_refs(account, entry.tags),
        flow_triggers=flows,
    )


def _definition(account: Account) -> Resource:
    """People who got an email in the last 30 days; the sandbox never evaluates a definition."""
    return {
        "condition_groups": [{
            "conditions": [{
                "type": "profile-metric",
                "metric_id": account.metrics["received"].id,
                "measurement": "count",
                "measurement_filter": {
                    "type": "numeric", "operator": "greater-than", "value": 0,
                },
                "timeframe_filter": {
                    "type": "date", "operator": "in-the-last", "unit": "day", "quantity": 30,
                },
                "metric_filters": [],
            }],
        }],
    }  # fmt: skip


def form_resources(account: Account) -> list[Resource]:
    """The forms made so far."""
    now = account.until
    return [
        resource(
            "form",
            entry.id,
            {
                "name": entry.name_at(now),
                **entry.facts,
                "created_at": iso(entry.created_at),
                "updated_at": iso(entry.updated_at(now)),
            },
            form_versions=[
                ref("form-version", version_id(entry, version)) for version in form_versions(entry)
            ],
        )
        for entry in _made(account, account.forms)
    ]


def tag_refs(account: Account, names: Iterable[str]) -> list[Resource]:
    """References to tags."""
    ids = tag_ids(account.brand, account.seed)
    return [ref("tag", ids[name]) for name in names]


def tag_resources(account: Account) -> list[Resource]:
    """The tags."""
    group = ref("tag-group", tag_group_id(account.brand, account.seed))
    return [
        resource("tag", ident, {"name": name}, tag_group=group)
        for name, ident in tag_ids(account.brand, account.seed).items()
    ]


def tag_group_resource(account: Account) -> Resource:
    """The one group of tags."""
    ident = tag_group_id(account.brand, account.seed)
    return resource("tag-group", ident, {"name": "Default", "exclusive": False, "default": True})


def template_resources(account: Account) -> list[Resource]:
    """The templates of the campaigns' emails: created with the first one, changed with the last."""
    found: dict[str, Resource] = {}
    for campaign in account.campaigns:
        for message in campaign.messages:
            for variation in message.variations if message.channel == "email" else ():
                ident = template_id(account.brand, variation.subject)
                made = found.setdefault(
                    ident, _template(ident, variation.subject, campaign.created_at)
                )
                made["attributes"]["updated"] = iso(campaign.created_at)
    return list(found.values())


def _template(ident: str, subject: str, created: datetime) -> Resource:
    return resource("template", ident, {
        "name": subject,
        "editor_type": "SYSTEM_DRAGGABLE",
        "html": f"<html><body><h1>{subject}</h1></body></html>",
        "text": subject,
        "amp": None,
        "created": iso(created),
        "updated": iso(created),
        "definition": {"body": {"properties": {}, "styles": {"width": 600}}, "styles": []},
    })  # fmt: skip


def usage_resources(account: Account) -> list[Resource]:
    """What the account has used of its plan in this month, by kind of usage."""
    return [
        resource("billing-usage", usage["id"], {
            name: iso(value) if isinstance(value, datetime) else value
            for name, value in usage.items()
            if name != "id"
        })
        for usage in billing_usage(account)
    ]  # fmt: skip
