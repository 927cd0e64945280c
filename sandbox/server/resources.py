"""JSON:API resources, and accounts and metrics as such."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.account.account import Account
    from sandbox.account.metrics import Metric

Resource = dict[str, Any]
Related = Resource | list[Resource] | None
# Where links of resources point; never followed, so the same for every server.
PUBLIC = "https://a.klaviyo.com/api"


def iso(moment: datetime) -> str:
    """A time as Klaviyo writes it: UTC with offset, whole seconds."""
    return moment.astimezone(timezone.utc).replace(microsecond=0).isoformat()


def resource(kind: str, ident: str, attributes: Resource | None, **more: Related) -> Resource:
    """One resource object; `more` are its relationships, with _ for -."""
    path = f"{PUBLIC}/{kind}s/{ident}"
    made: Resource = {"type": kind, "id": ident}
    if attributes is not None:
        made["attributes"] = attributes
    if more:
        made["relationships"] = {
            name.replace("_", "-"): {
                "data": data,
                "links": {
                    "self": f"{path}/relationships/{name.replace('_', '-')}/",
                    "related": f"{path}/{name.replace('_', '-')}/",
                },
            }
            for name, data in more.items()
        }
    return made | {"links": {"self": f"{path}/"}}


def ref(kind: str, ident: str) -> Resource:
    """A resource identifier."""
    return {"type": kind, "id": ident}


def account_resource(account: Account) -> Resource:
    """The account itself."""
    brand = account.brand
    return resource("account", account.id, {
        "test_account": False,
        "contact_information": {
            "default_sender_name": brand.organization,
            "default_sender_email": f"hello@{brand.client}.example",
            "website_url": f"https://{brand.client}.example",
            "organization_name": brand.organization,
            "street_address": {
                "address1": "1 Invented Street",
                "address2": None,
                "city": brand.city,
                "region": None,
                "country": brand.country,
                "zip": "00000",
            },
        },
        "industry": brand.industry,
        "timezone": brand.timezone,
        "preferred_currency": brand.currency,
        "public_api_key": account.id,
        "locale": brand.locale,
    })  # fmt: skip


def metric_resource(account: Account, metric: Metric) -> Resource:
    """A metric."""
    made_by = metric.integration
    return resource("metric", metric.id, {
        "name": metric.name,
        "created": iso(account.opened_at),
        "updated": iso(account.opened_at),
        "integration": {
            "object": "integration",
            "id": made_by.id,
            "key": made_by.key,
            "name": made_by.name,
            "category": made_by.category,
        },
    }, flow_triggers=[])  # fmt: skip


def mapped_resource(account: Account, metric: Metric) -> Resource:
    """What the account itself takes for its revenue, refunds, and so on."""
    return resource(
        "mapped-metric",
        metric.mapping,
        {"updated": iso(account.opened_at)},
        metric=ref("metric", metric.id),
        custom_metric=None,
    )
