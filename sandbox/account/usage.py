"""What an account has used of its plan."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.account.account import Account

_SENT = ("received", "bounced")
_PLANS = {"email_sends": ("messages", 5_000), "active_profiles": ("profiles", 1_000),
          "text_message_credits": ("credits", 1_250)}  # fmt: skip


def billing_usage(account: Account) -> list[dict[str, Any]]:
    """Usage since the first of the month, in UTC, as of the world's `until`.

    Returns:
        A row per kind of usage with `id`, `unit`, `usage_used`, `usage_max`, and the aware
        times `period_start`, `period_end` (exclusive) and `as_of`.
    """
    as_of = account.until.astimezone(timezone.utc).replace(microsecond=0)
    start = datetime(as_of.year, as_of.month, 1, tzinfo=timezone.utc)
    end = (start + timedelta(days=32)).replace(day=1)
    used = _used(account, int(start.timestamp()))
    return [
        {
            "id": kind,
            "unit": unit,
            "usage_used": used[kind],
            "usage_max": most * account.scale,
            "period_start": start,
            "period_end": end,
            "as_of": as_of,
        }
        for kind, (unit, most) in _PLANS.items()
    ]


def _used(account: Account, start: int) -> dict[str, int]:
    events = [event for event in account.happened if event.at >= start]
    return {
        "email_sends": sum(event.metric in _SENT for event in events),
        "active_profiles": len(account.people),
        "text_message_credits": sum(event.metric == "sms_received" for event in events),
    }
