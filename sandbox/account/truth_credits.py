"""What attributed orders are known to rest on."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.account.touches import touch_of

if TYPE_CHECKING:
    from datetime import date

    from sandbox.account.account import Account


def attribution_quality(account: Account) -> dict[tuple[date, str, str, str], dict[str, Any]]:
    """See `Truth.attribution_quality`."""
    orders: dict[tuple[date, str, str, str], list[int]] = defaultdict(list)
    for event in account.happened:
        credit = event.attribution
        if credit is None or account.metrics[event.metric].role != "orders":
            continue
        touch = account.by_id.get(credit.event_id)
        kind = "flow" if credit.flow_id else "campaign"
        is_own = event.properties["$value_currency"] == account.brand.currency
        orders[event.day, credit.channel, kind, touch_of(touch)].append(
            (event.cents or 0) if is_own else 0
        )
    return {
        key: {"orders": len(cents), "revenue": Decimal(sum(cents)).scaleb(-2)}
        for key, cents in orders.items()
    }
