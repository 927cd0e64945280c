"""Which breakdowns of a metric are worth asking for.

Every metric gets `total`. What Klaviyo itself says of a metric decides where it can: its
integration, and the account's mapped revenue metric. Where it cannot, one table of Klaviyo's
own metric names, old and new, does. The setting `breakdowns` adds to all of this.
"""

from __future__ import annotations

import typing as t

TOTAL = ()

Breakdown = tuple[str, ...]
"""The dimensions Klaviyo groups by, in order; empty for the total."""

REVENUE: tuple[Breakdown, ...] = (
    ("$attributed_message", "$attributed_flow"),
    ("$value_currency",),
)

BY_NAME: dict[str, tuple[Breakdown, ...]] = {
    "Clicked Email": (("Bot Click",),),
    "Clicked SMS": (("Bot Click",),),
    "Clicked Text Message": (("Bot Click",),),
    "Received Email": (("Inbox Provider",),),
    "Bounced Email": (("Inbox Provider",),),
    "Marked Email as Spam": (("Inbox Provider",),),
}
"""Klaviyo's own metrics, by the names they have or once had."""


def is_klaviyos_own(metric: dict[str, t.Any]) -> bool:
    """Whether the metric comes from Klaviyo itself and not from a shop or the API.

    Klaviyo's description leaves the integration free: by key or name, else by category. One that
    is not stated may be Klaviyo's; taking it for somebody else's would lose its messages. The
    models decide in the same way (`stg_klaviyo__metrics`).
    """
    integration = metric["attributes"].get("integration") or {}
    stated = [_plain(integration.get(part)) for part in ("key", "name")]
    if any(stated):
        return "klaviyo" in stated
    return _plain(integration.get("category")) in ("internal", "")


def _plain(value: object) -> str:
    return "" if value is None else str(value).strip().lower()


def breakdowns_of(
    metric: dict[str, t.Any], *, is_revenue: bool, extra: list[dict[str, t.Any]]
) -> list[Breakdown]:
    """List the breakdowns to read for a metric, the total first.

    Args:
        metric: The metric as Klaviyo sends it.
        is_revenue: Whether the account has mapped it as its revenue.
        extra: The setting `breakdowns`: `{"metric": name or id, "by": [dimension, …]}`.

    Returns:
        Breakdowns without repetition.
    """
    name = metric["attributes"].get("name")
    wanted: list[Breakdown] = [TOTAL]
    if is_klaviyos_own(metric):
        wanted += [("$message",), *BY_NAME.get(name, ())]
    if is_revenue:
        wanted += REVENUE
    wanted += [tuple(rule["by"]) for rule in extra if rule["metric"] in (name, metric["id"])]
    return list(dict.fromkeys(wanted))
