"""Recomputes `daily_message_metrics` and `flow_metrics`."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tests.recomputed import seeds
from tests.recomputed.coverage import channel_named
from tests.recomputed.numbers import money, rate, rounded, total

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tests.recomputed.things import Things

COUNTS = {
    "delivered": "delivered", "opens": "opened", "unique_opens": "opened", "clicks": "clicked",
    "unique_clicks": "clicked", "bounced": "bounced", "spam_complaints": "marked",
    "unsubscribes": "unsubscribed",
}  # fmt: skip
SEND = ("recipients", *COUNTS, "orders")
TEXTS = {
    "sms_segments": "message_segment_count_sum",
    "sms_credits": "text_message_credit_usage_amount", "sms_spend": "text_message_spend",
}  # fmt: skip
Row = dict[str, Any]


class Messages:
    """What became of a brand's messages, by day and altogether."""

    def __init__(self, things: Things) -> None:
        """Take what is known of a brand."""
        self.things = things
        self.brand = things.brand
        self.facts = things.facts

    @cached_property
    def _counted(self) -> dict[tuple[str, date], dict[str, list[Any]]]:
        """Groups with something in them by message and day, and by action."""
        found: dict[tuple[str, date], dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for metric in self.facts.role_of:
            action = self.facts.action_of(metric)
            days = self.brand.answers.get((metric, "$message"), {}) if action else {}
            for day, answer in days.items():
                for group in answer.groups:
                    if group.count and group.dimensions["$message"]:
                        found[group.dimensions["$message"], day][action or ""].append(group)
        return dict(found)

    @cached_property
    def days(self) -> dict[tuple[str, date], Row]:
        """Days on which something happened to a message, or was credited to it."""
        keys = {key for key in self._counted if key[1] in set(self.facts.days)}
        for day in self.facts.days:
            keys |= {(message, day) for message, _ in self.things.amounts.credits(day)}
        return {key: self._day(*key) for key in keys}

    def _day(self, message: str, day: date) -> Row:
        things, known = self.things, self.brand.messages.get(message)
        channel = things.channel_of_message(message) or "unknown"
        return {
            "message_id": message, "date_day": day, "client": self.brand.client,
            "message_kind": known.kind if known else None, "channel": channel,
            "currency": self.brand.currency(day), **self._counts(message, channel, day),
            **self._money(message, day),
            **things.deliveries.of_day(day, channel, lambda one: one.message == message),
            "is_settled": self.facts.is_settled(day), "is_over": self.facts.is_over(day),
        }  # fmt: skip

    def _counts(self, message: str, channel: str, day: date) -> Row:
        by_action = self._counted.get((message, day), {})
        found = {}
        for column, action in COUNTS.items():
            groups = by_action.get(action, [])
            found[column] = sum(one.count for one in groups)
            if column.startswith("unique"):
                found[column] = _people(groups)
            if not self.can_know(channel, action, day):
                found[column] = None
        return found

    def can_know(self, channel: str, action: str, day: date) -> bool:
        is_read = not self.things.is_unread("$message", channel, action, day)
        return action in seeds.actions_known()[channel] and is_read

    def _money(self, message: str, day: date) -> Row:
        amounts = self.things.amounts
        if not amounts.is_read(day):
            return {"attributed_orders": None, "attributed_revenue": None}
        found = [value for (one, _), value in amounts.credits(day).items() if one == message]
        return {
            "attributed_orders": sum(orders for orders, _ in found),
            "attributed_revenue": money(total(amount for _, amount in found)),
        }

    def flows(self) -> Iterator[Row]:
        """One row per flow message and day with something to tell, or in Klaviyo's report."""
        reports = {
            (row["flow_message_id"], row["date"]): row
            for row in self.brand.flow_reports
            if row["recipients"] or row["conversions"]
        }
        for message, day in self.days.keys() | reports.keys():
            known = self.brand.messages.get(message)
            if known and known.kind == "flow" and day in set(self.facts.days):
                row = self.days.get((message, day)) or self._day(message, day)
                yield {
                    **{one: value for one, value in row.items() if one != "message_kind"},
                    "flow_id": known.parent, "flow_name": "Flow", "flow_status": known.status,
                    "message_name": f"News {message}",
                    **reported([reports[message, day]] if (message, day) in reports else []),
                }  # fmt: skip


def _people(groups: list[Any]) -> int | None:
    return None if len(groups) > 1 else sum(one.people for one in groups)


def reported(rows: list[Row]) -> Row:
    """Klaviyo's own report, added up; nothing without one."""
    if not rows:
        return dict.fromkeys(f"send_{column}" for column in (*SEND, "revenue", *TEXTS, "sms_roi"))
    names = {
        "recipients": "recipients", "delivered": "delivered", "opens": "opens",
        "unique_opens": "opens_unique", "clicks": "clicks", "unique_clicks": "clicks_unique",
        "unsubscribes": "unsubscribe_uniques", "spam_complaints": "spam_complaints",
        "orders": "conversions",
    }  # fmt: skip
    found: Row = {f"send_{column}": sum(one[raw] for one in rows) for column, raw in names.items()}
    known = set().union(
        *(seeds.actions_known()[channel_named(one["send_channel"])] for one in rows)
    )
    for column, action in COUNTS.items():
        if column not in ("delivered", "bounced") and action not in known:
            found[f"send_{column}"] = found[f"send_{column}"] or None
    failed = [one["failed"] for one in rows if one["send_channel"] != "email"]
    found["send_bounced"] = sum(one["bounced"] for one in rows) + sum(failed)
    found["send_revenue"] = money(sum(one["conversion_value"] for one in rows))
    return found | _texts(rows)


def _texts(rows: list[Row]) -> Row:
    """What SMS cost; the return on several is weighted by what each cost."""
    texts = any(one["send_channel"] == "sms" for one in rows)
    found: Row = {
        f"send_{column}": rounded(sum(one[raw] for one in rows), 0 if raw.endswith("sum") else 4)
        if texts
        else None
        for column, raw in TEXTS.items()
    }
    paid = [one for one in rows if one["text_message_spend"]]
    returned = total(
        None if one["text_message_roi"] is None
        else one["text_message_roi"] * one["text_message_spend"]
        for one in paid
    )  # fmt: skip
    return found | {"send_sms_roi": rate(returned, found["send_sms_spend"])}
