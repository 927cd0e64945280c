"""Recomputes `role_coverage`: whether a number of messages has the metric that it is found by."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tests.recomputed import seeds

if TYPE_CHECKING:
    from tests.recomputed.facts import Facts

ACTIONS = {"delivered", "opened", "clicked"}


def unknown_roles(facts: Facts) -> set[str]:
    """Roles whose number is null on every day."""
    return {row["role"] for row in coverage(facts) if row["status"] in ("missing", "doubtful")}


def coverage(facts: Facts) -> list[dict[str, Any]]:
    """One row per role that one of Klaviyo's own metrics plays."""
    return [_row(facts, role, channel) for role, channel in seeds.channels_of_roles().items()]


def _row(facts: Facts, role: str, channel: str) -> dict[str, Any]:
    brand = facts.brand
    mapped = set(brand.mapped.values())
    metrics = [one for one in facts.metrics_of.get(role, []) if one not in mapped]
    names = sorted({brand.metrics[one].name for one in metrics})
    counts = {(one, day): facts.count(one, day) for one in metrics for day in facts.days}
    known = [count for count in counts.values() if count is not None]
    reported = _reported(facts).get((channel, seeds.action_of(role, channel)), 0)
    is_silent = None not in counts.values() and not any(known)
    status = _status(facts, role, bool(metrics), is_silent, reported)
    return {
        "role": role, "channel": channel or None, "status": status,
        "metric_names": ", ".join(names) or None,
        "event_count": sum(known) if known else None,
        "last_day": max((day for (_, day), count in counts.items() if count), default=None),
        "reported_count": reported or None,
        "probable_metric_id": None, "probable_metric_name": None, "probable_event_count": None,
        "what_to_do": _advice(status, ", ".join(names)),
    }  # fmt: skip


def _status(facts: Facts, role: str, has_metric: bool, is_silent: bool, reported: int) -> str:  # noqa: FBT001
    action = seeds.action_of(role, seeds.channels_of_roles()[role])
    must_be = bool(reported) and action in ACTIONS
    if has_metric:
        return "missing" if must_be and is_silent else "found"
    if must_be or (action == "delivered" and _is_answered(facts, role)):
        return "missing"
    return "doubtful" if reported else "absent"


def _is_answered(facts: Facts, role: str) -> bool:
    channel = seeds.channels_of_roles()[role]
    answers = [
        one for one in facts.role_of
        if facts.channel_of(one) == channel and facts.action_of(one) in ("opened", "clicked")
    ]  # fmt: skip
    return any(facts.count(one, day) for one in answers for day in facts.days)


def _reported(facts: Facts) -> dict[tuple[str, str | None], int]:
    """What Klaviyo's reports count of messages sent after the first day and before the last."""
    found: dict[tuple[str, str | None], int] = defaultdict(int)
    for row in [*facts.brand.campaign_reports, *facts.brand.flow_reports]:
        day = row.get("date")
        if day is None:
            message = facts.brand.messages.get(row["campaign_message_id"])
            day = message.sent_at.date() if message and message.sent_at else None
        if day and facts.first_day < day < facts.last_day:
            channel = channel_named(row["send_channel"])
            bounced = row["bounced"] if channel == "email" else row["failed"]
            for action, number in {
                "delivered": row["delivered"], "opened": row["opens"], "clicked": row["clicks"],
                "bounced": bounced, "marked": row["spam_complaints"],
                "unsubscribed": row["unsubscribe_uniques"],
            }.items():  # fmt: skip
                found[channel, action] += number
    return found


def channel_named(name: str) -> str:
    """The reports' name of a channel that Klaviyo writes in another way."""
    return {"push-notification": "push"}.get(name, name)


def _advice(status: str, names: str) -> str | None:
    if status in ("found", "absent"):
        return None
    if names:
        return f"Klaviyo's reports count it, and '{names}' counts nothing."
    return (
        "Klaviyo's reports count it, and no metric does: look for its new name in unmapped_metrics."
    )
