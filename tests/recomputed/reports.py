"""Klaviyo's own reports of a brand's messages: everything counted for the day of the send."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.recomputed.raw import REPORTED

if TYPE_CHECKING:
    import random

    from tests.recomputed.brand import Brand

KINDS = {
    "delivered": "delivered", "opened": "opens", "clicked": "clicks", "bounced": "bounced",
    "marked": "spam_complaints", "unsubscribed": "unsubscribe_uniques",
}  # fmt: skip


def report(brand: Brand, dice: random.Random) -> None:
    """Let Klaviyo report most messages, by and large as they were."""
    read_at = brand.until[1] + timedelta(minutes=4)
    start = brand.midnight(brand.first_day)
    span = {"window_start": start, "window_end": max(brand.until), "read_at": read_at}
    for message in brand.messages.values():
        if message.kind == "campaign" and message.sent_at and dice.random() < 0.8:
            for channel in message.channels:
                row = _counted(brand, message.ident, channel, None, dice)
                brand.campaign_reports.append({
                    **_key(brand, channel), "campaign_message_id": message.ident,
                    "variation_id": f"{message.ident}-{channel}", **span, **row,
                })  # fmt: skip
    for message in brand.messages.values():
        days = {brand.day(one.at) for one in brand.truth if one.told("$message") == message.ident}
        for day in sorted(days) if message.kind == "flow" and dice.random() < 0.7 else ():
            row = _counted(brand, message.ident, message.channels[0], day, dice)
            brand.flow_reports.append({
                **_key(brand, message.channels[0]), "flow_message_id": message.ident, "date": day,
                "read_at": read_at, **row,
            })  # fmt: skip


def _key(brand: Brand, channel: str) -> dict[str, Any]:
    sent_by = {"push": "push-notification"}.get(channel, channel)
    return {
        "account_id": brand.account, "send_channel": sent_by,
        "conversion_metric_id": brand.mapped.get("revenue"),
    }  # fmt: skip


def _counted(
    brand: Brand, message: str, channel: str, day: Any, dice: random.Random
) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    for event in brand.truth:
        is_meant = event.told("$message") == message and event.metric.startswith(f"{channel}.")
        if is_meant and day in (None, brand.day(event.at)):
            counts[KINDS.get(event.metric.split(".")[1], "other")] += 1
    row = dict.fromkeys(REPORTED, 0)
    row |= {column: counts[column] for column in KINDS.values()}
    if channel != "email":
        row["failed"], row["bounced"] = row["bounced"], 0
    row["opens_unique"], row["clicks_unique"] = row["opens"] // 2, row["clicks"] // 2
    row["recipients"] = row["delivered"] + row["bounced"] + row["failed"]
    row["conversions"] = dice.choice([0, 1, 3])
    row["conversion_value"] = 25 * row["conversions"]
    return row | (_costs(row["delivered"]) if channel == "sms" else {})


def _costs(delivered: int) -> dict[str, Any]:
    """What SMS cost, and their return, which Klaviyo does not always tell."""
    return {
        "message_segment_count_sum": 2 * delivered,
        "text_message_credit_usage_amount": Decimal("2.5") * delivered,
        "text_message_spend": Decimal("0.03") * delivered,
        "text_message_roi": None if delivered % 5 == 0 else Decimal(delivered % 7) + Decimal("0.5"),
    }
