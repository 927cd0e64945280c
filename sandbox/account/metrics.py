"""The metrics of an account: names, integrations, and what the truth counts them as."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sandbox.account.ids import short_id

if TYPE_CHECKING:
    from sandbox.account.story import Brand


@dataclass(frozen=True)
class Integration:
    """Where events of a metric come from, as `GET /metrics` shows it."""

    id: str
    key: str
    name: str
    category: str


KLAVIYO = Integration("0rG4eQ", "klaviyo", "Klaviyo", "Internal")
SHOPIFY = Integration("0eMvjm", "shopify", "Shopify", "eCommerce")
API = Integration("7FtS4J", "api", "API", "API")


@dataclass(frozen=True)
class Metric:
    """A metric of one account.

    Attributes:
        key: The sandbox's own word for it, the same in all accounts and after renaming.
        id: Klaviyo's id, different in every account.
        name: Its present name at Klaviyo.
        role: The column of the truth table it counts towards, or '' for none.
        mapping: Name of the mapped metric it stands behind, or ''.
    """

    key: str
    id: str
    name: str
    integration: Integration
    role: str = ""
    mapping: str = ""

    def renamed(self, name: str) -> Metric:
        """The same metric under another name."""
        return replace(self, name=name)


# Keys of the metrics whose events carry money.
VALUED = ("order", "refund", "cancel", "checkout", "wholesale_order")
_EMAIL = (
    ("received", "Received Email", "email_delivered"),
    ("opened", "Opened Email", "email_opens"),
    ("clicked", "Clicked Email", "email_clicks"),
    ("bounced", "Bounced Email", "email_bounced"),
    ("dropped", "Dropped Email", ""),
    ("spam", "Marked Email as Spam", "email_spam_complaints"),
)
_NEW_CONSENT = (
    ("subscribed", "Subscribed to Email Marketing", "subscribes"),
    ("unsubscribed", "Unsubscribed from Email Marketing", "email_unsubscribes"),
)
_OLD_CONSENT = (
    ("subscribed", "Subscribed to List", "subscribes"),
    ("unsubscribed", "Unsubscribed", "email_unsubscribes"),
)
_NEW_SMS = (
    ("sms_received", "Received Text Message", "sms_delivered"),
    ("sms_clicked", "Clicked Text Message", "sms_clicks"),
)
_OLD_SMS = (
    ("sms_received", "Received SMS", "sms_delivered"),
    ("sms_clicked", "Clicked SMS", "sms_clicks"),
)
_SHOP = (
    ("order", "Placed Order", "orders", "revenue"),
    ("refund", "Refunded Order", "refunds", "refunded_sales"),
    ("cancel", "Cancelled Order", "", "cancelled_sales"),
    ("checkout", "Checkout Started", "", "started_checkout"),
    ("viewed", "Viewed Product", "", "viewed_product"),
)


def metrics_of(brand: Brand, seed: int) -> dict[str, Metric]:
    """All metrics of an account, by key."""
    found: list[Metric] = []

    def add(
        key: str, name: str, integration: Integration, role: str = "", mapping: str = ""
    ) -> None:
        metric_id = short_id(seed, brand.client, "metric", key)
        found.append(Metric(key, metric_id, name, integration, role, mapping))

    consent = _OLD_CONSENT if brand.old_consent_names else _NEW_CONSENT
    sms = _OLD_SMS if brand.old_sms_names else _NEW_SMS
    for key, name, role in (*_EMAIL, *consent, *sms):
        add(key, name, KLAVIYO, role)
    for key, name, role, mapping in _SHOP:
        if key == "cancel" and not brand.maps_cancelled:
            add(key, name, SHOPIFY)
        else:
            add(key, name, SHOPIFY, "refunds" if key == "cancel" else role, mapping)
    if brand.second_orders:
        add("wholesale_order", "Placed Order", API)
    add("loyalty", "Loyalty Points Redeemed", API)
    return {metric.key: metric for metric in found}
