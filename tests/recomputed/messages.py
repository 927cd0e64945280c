"""Recomputes `daily_message_metrics`, `flow_metrics` and `campaign_metrics`."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tests.recomputed import seeds
from tests.recomputed.brand import DAY
from tests.recomputed.coverage import channel_named
from tests.recomputed.deliveries import COLUMNS, is_machine
from tests.recomputed.facts import SETTLES_AFTER
from tests.recomputed.numbers import money, rate, total

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tests.recomputed.brand import Message
    from tests.recomputed.things import Things

COUNTS = {
    "delivered": "delivered", "opens": "opened", "unique_opens": "opened", "clicks": "clicked",
    "unique_clicks": "clicked", "bounced": "bounced", "spam_complaints": "marked",
    "unsubscribes": "unsubscribed",
}  # fmt: skip
SEND = ("recipients", *COUNTS, "orders")
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
            if not self._can_know(channel, action, day):
                found[column] = None
        return found

    def _can_know(self, channel: str, action: str, day: date) -> bool:
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

    def campaigns(self) -> list[Row]:
        """One row per campaign message that was sent."""
        ones = [
            self._campaign(message)
            for message in self.brand.messages.values()
            if message.kind == "campaign" and message.status in ("sent", "sending")
        ]
        for row in ones:
            row["revenue_rank"] = _rank(row, ones)
            row["click_rate_percentile"] = _percentile(row, ones)
        return ones

    def _campaign(self, message: Message) -> Row:
        channel = self.things.channel_of_message(message.ident)
        sent_day = self.brand.day(message.sent_at) if message.sent_at else self.facts.first_day
        reports = [
            one for one in self.brand.campaign_reports
            if one["campaign_message_id"] == message.ident
        ]  # fmt: skip
        row = {
            "message_id": message.ident, "campaign_id": message.parent,
            "campaign_name": message.parent.upper(), "message_name": f"News {message.ident}",
            "subject": f"Hello of {message.ident}" if "email" in message.channels else None,
            "channel": channel, "status": message.status, "sent_at": message.sent_at,
            "sent_day": sent_day, "client": self.brand.client,
            "currency": self.brand.currency(sent_day),
            "age_days": (self.facts.last_day - sent_day).days,
            "is_settled": (self.facts.last_day - sent_day).days >= SETTLES_AFTER,
            **self._altogether(message.ident, channel or "unknown", sent_day),
            **reported(reports),
            "send_window_end": max(
                (min(one["window_end"], one["read_at"]) for one in reports), default=None
            ),
        }  # fmt: skip
        return row | _rates(row)

    def _altogether(self, message: str, channel: str, sent_day: date) -> Row:
        days = [sent_day + number * DAY for number in range(SETTLES_AFTER + 1)]
        days = [day for day in days if day in set(self.facts.days)]
        columns = (*COUNTS, "human_unique_opens", "human_unique_clicks", *COLUMNS)
        if sent_day not in days:
            return dict.fromkeys((*columns, "attributed_orders", "attributed_revenue"))
        rows = [row for (one, _), row in self.days.items() if one == message]
        counts = {}
        for column, action in COUNTS.items():
            is_known = all(self._can_know(channel, action, day) for day in days)
            values = [row[column] for row in rows if row[column] is not None]
            counts[column] = (sum(values) if values or not rows else None) if is_known else None
        has_events = all(map(self.facts.is_events_day, days))
        return {**counts, **self._people_of(message, channel, has_events=has_events),
                **self._answers_of(message, channel, has_events=has_events),
                **self._earned(rows, days)}  # fmt: skip

    def _people_of(self, message: str, channel: str, *, has_events: bool) -> Row:
        found: Row = {}
        for column, action in (("unique_opens", "opened"), ("unique_clicks", "clicked")):
            events = self._opens_or_clicks(message, action)
            is_known = has_events and action in seeds.actions_known()[channel]
            is_known = is_known and not self.things.deliveries.is_unknown(channel, action)
            people = {one.person for one in events}
            humans = {one.person for one in events if not is_machine(one)}
            found[column] = len(people) if is_known else None
            found[f"human_{column}"] = len(humans) if is_known else None
        return found

    def _opens_or_clicks(self, message: str, action: str) -> list[Any]:
        metrics = {one for one in self.facts.role_of if self.facts.action_of(one) == action}
        return [
            one for one in self.brand.events
            if one.metric in metrics and one.person and one.told("$message") == message
        ]  # fmt: skip

    def _answers_of(self, message: str, channel: str, *, has_events: bool) -> Row:
        if not has_events:
            return dict.fromkeys(COLUMNS)
        deliveries = self.things.deliveries
        ones = [one for day in deliveries.by_day.values() for one in day if one.message == message]
        return deliveries.counted(ones, channel)

    def _earned(self, rows: list[Row], days: list[date]) -> Row:
        if not all(map(self.things.amounts.is_read, days)):
            return {"attributed_orders": None, "attributed_revenue": None}
        asked = [row for row in rows if row["attributed_orders"] is not None]
        orders = sum(row["attributed_orders"] for row in asked)
        one_currency = len({row["currency"] for row in rows}) <= 1
        revenue = total(row["attributed_revenue"] for row in asked) if one_currency else None
        return {"attributed_orders": orders, "attributed_revenue": revenue}


def _people(groups: list[Any]) -> int | None:
    return None if len(groups) > 1 else sum(one.people for one in groups)


def reported(rows: list[Row]) -> Row:
    """Klaviyo's own report, added up; nothing without one."""
    if not rows:
        return dict.fromkeys(f"send_{column}" for column in (*SEND, "revenue"))
    names = {
        "recipients": "recipients", "delivered": "delivered", "opens": "opens",
        "unique_opens": "opens_unique", "clicks": "clicks", "unique_clicks": "clicks_unique",
        "unsubscribes": "unsubscribe_uniques", "spam_complaints": "spam_complaints",
        "orders": "conversions",
    }  # fmt: skip
    found: Row = {f"send_{column}": sum(one[raw] for one in rows) for column, raw in names.items()}
    known = set().union(*(seeds.actions_known()[channel_named(one["send_channel"])] for one in rows))
    for column, action in COUNTS.items():
        if column not in ("delivered", "bounced") and action not in known:
            found[f"send_{column}"] = found[f"send_{column}"] or None
    failed = [one["failed"] for one in rows if one["send_channel"] != "email"]
    found["send_bounced"] = sum(one["bounced"] for one in rows) + sum(failed)
    found["send_revenue"] = money(sum(one["conversion_value"] for one in rows))
    return found


def _rates(row: Row) -> Row:
    mixed = row["channel"] == "mixed"

    def alone(value: Any) -> Any:
        return None if mixed else value

    reached = row["delivered"] if row["deliveries"] is None else row["deliveries"]
    sent = total([row["delivered"], row["bounced"]])
    return {
        "delivery_rate": rate(row["delivered"], sent), "bounce_rate": rate(row["bounced"], sent),
        **{
            f"{name}_rate": rate(alone(row[f"{part}_deliveries"]), row["deliveries"])
            for name, part in (
                ("open", "opened"), ("human_open", "human_opened"), ("click", "clicked"),
                ("human_click", "human_clicked"),
            )
        },
        "click_to_open_rate": rate(row["clicked_deliveries"], alone(row["opened_deliveries"])),
        "unsubscribe_rate": rate(alone(_left(row, "unsubscribed", "unsubscribes")), reached),
        "spam_complaint_rate": rate(alone(_left(row, "complained", "spam_complaints")), reached),
        "order_rate": rate(row["attributed_orders"], row["delivered"]),
        "revenue_per_recipient": rate(row["attributed_revenue"], row["delivered"]),
        "send_open_rate": rate(alone(row["send_unique_opens"]), row["send_delivered"]),
        "send_click_rate": rate(alone(row["send_unique_clicks"]), row["send_delivered"]),
        "send_bounce_rate": rate(row["send_bounced"], row["send_recipients"]),
        "send_revenue_per_recipient": rate(row["send_revenue"], row["send_delivered"]),
    }  # fmt: skip


def _left(row: Row, answered: str, counted: str) -> int | None:
    """Those that left (complained), of deliveries; without single events, by Klaviyo's count."""
    if row["deliveries"] is not None:
        return row[f"{answered}_deliveries"]
    if row[counted] is None:
        return None
    return min(one for one in (row[counted], row["delivered"]) if one is not None)


def _rank(row: Row, ones: list[Row]) -> int | None:
    if row["attributed_revenue"] is None:
        return None
    others = [one["attributed_revenue"] for one in ones if one["currency"] == row["currency"]]
    return 1 + sum(one is not None and one > row["attributed_revenue"] for one in others)


def _percentile(row: Row, ones: list[Row]) -> Any:
    def exact(one: Row) -> Any:
        return rate(one["clicked_deliveries"], one["deliveries"], 15)

    if row["channel"] in ("mixed", None) or exact(row) is None:
        return None
    others = [exact(one) for one in ones if one["channel"] == row["channel"]]
    known = [one for one in others if one is not None]
    lower = sum(one < exact(row) for one in known)
    return rate(lower, len(known) - 1) if len(known) > 1 else rate(0, 1)
