"""Recomputes `campaign_metrics`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.recomputed import seeds
from tests.recomputed.brand import DAY
from tests.recomputed.deliveries import COLUMNS, is_machine
from tests.recomputed.facts import SETTLES_AFTER
from tests.recomputed.messages import COUNTS, reported
from tests.recomputed.numbers import rate, total

if TYPE_CHECKING:
    from datetime import date

    from tests.recomputed.brand import Message
    from tests.recomputed.messages import Messages

Row = dict[str, Any]


class Campaigns:
    """What became of a brand's campaigns."""

    def __init__(self, messages: Messages) -> None:
        """Take its messages."""
        self.messages, self.things = messages, messages.things
        self.brand, self.facts = messages.brand, messages.facts

    def rows(self) -> list[Row]:
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
        rows = [row for (one, _), row in self.messages.days.items() if one == message]
        counts = {}
        for column, action in COUNTS.items():
            is_known = all(self.messages.can_know(channel, action, day) for day in days)
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
