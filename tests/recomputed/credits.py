"""Recomputes what attributed orders rest on: quality, ladder, delays."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tests.recomputed.brand import DAY
from tests.recomputed.deliveries import is_machine
from tests.recomputed.numbers import money, rounded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from tests.recomputed.brand import Event
    from tests.recomputed.things import Things

Row = dict[str, Any]
WINDOWS = (7, 28, 90)
MACHINES = ("bot_click", "machine_open")
KINDS = {"clicked": ("human_click", "bot_click"), "opened": ("human_open", "machine_open")}


@dataclass(frozen=True)
class Credit:
    """A credited order: whose message, and the kind, channel and age of its touch."""

    day: date
    channel: str
    message_kind: str
    parent: str | None
    touch: str
    touch_channel: str | None
    hours: Fraction | None
    amount: Decimal

    @property
    def is_soon(self) -> bool:
        """Whether the order came within a day of the touch."""
        return self.hours is not None and self.hours <= Fraction(24)


RUNGS: dict[str, Callable[[Credit], bool]] = {
    "attributed": lambda _: True,
    "without_machines": lambda one: one.touch not in MACHINES,
    "clicks": lambda one: one.touch == "human_click",
    "clicks_24_hours": lambda one: one.touch == "human_click" and one.is_soon,
    "unknown_touch": lambda one: one.touch == "unknown",
}


class Credits:
    """A brand's credited orders, on the days of which all events are loaded."""

    def __init__(self, things: Things) -> None:
        """Take what is known of a brand."""
        self.things = things
        self.brand = things.brand
        self._by_id = {event.ident: event for event in self.brand.events}

    @cached_property
    def all(self) -> list[Credit]:
        """All of them."""
        facts = self.things.facts
        known = {day for day in facts.days if facts.is_events_day(day)}
        revenue = facts.metrics_of.get("revenue", [])
        return [
            self._credit(order, self.brand.day(order.at))
            for order in self.brand.events
            if order.metric in revenue and order.attributions and self.brand.day(order.at) in known
        ]

    def _credit(self, order: Event, day: date) -> Credit:
        (credit,) = order.attributions
        message = credit.get("flow_message_id") or credit.get("campaign_message_id", "")
        known = self.brand.messages.get(message)
        channel = self.things.channel_of_message(message)
        is_flow = "flow_message_id" in credit or (
            "campaign_message_id" not in credit and "flow_id" in credit
        )
        touch, touch_channel, hours = self._touch(credit.get("attributed_event_id", ""), order)
        is_own = self.things.amounts.is_own(order.currency, day)
        return Credit(
            day, "unknown" if channel in (None, "mixed") else str(channel),
            known.kind if known else "flow" if is_flow else "campaign",
            known.parent if known else None, touch, touch_channel, hours,
            (order.value or Decimal(0)) if is_own else Decimal(0),
        )  # fmt: skip

    def _touch(self, ident: str, order: Event) -> tuple[str, str | None, Fraction | None]:
        touch, facts = self._by_id.get(ident), self.things.facts
        if touch is None or touch.at > order.at or touch.metric not in facts.role_of:
            return "unknown", None, None
        action, channel = facts.action_of(touch.metric), facts.channel_of(touch.metric)
        if action not in ("clicked", "opened", "delivered"):
            return "unknown", None, None
        kind = KINDS.get(action, ("delivery_only",) * 2)[is_machine(touch)]
        hours = rounded(Fraction((order.at - touch.at).total_seconds()) / 3600, 4)
        return kind, channel, Fraction(hours or 0)

    def quality(self) -> Iterator[Row]:
        """One row per day, channel, message kind and touch."""
        groups = _grouped(self.all, "day", "channel", "message_kind", "touch")
        for (day, channel, kind, touch), ones in groups.items():
            soon = [one for one in ones if one.is_soon]
            yield {
                "client": self.brand.client, "date_day": day, "channel": channel,
                "message_kind": kind, "touch": touch, "currency": self.brand.currency(day),
                "orders": len(ones), "revenue": _sum(ones), "orders_within_24_hours": len(soon),
                "revenue_within_24_hours": _sum(soon),
                "is_settled": self.things.facts.is_settled(day),
            }  # fmt: skip

    def ladder(self) -> Iterator[Row]:
        """One row per day and window."""
        facts = self.things.facts
        by_day = _grouped(self.all, "day")
        whole = {day for day in facts.days if facts.is_over(day) and facts.is_events_day(day)}
        for day in facts.days:
            for window in WINDOWS:
                days = [day - number * DAY for number in range(window)]
                ones = [one for each in days for one in by_day.get((each,), [])]
                is_complete = whole.issuperset(days)
                is_one = len({self.brand.currency(each) for each in days}) == 1
                yield {
                    "client": self.brand.client, "date_day": day, "window_days": window,
                    "currency": self.brand.currency(day), "is_settled": facts.is_settled(day),
                    "is_complete": is_complete,
                    **_rungs(ones, is_complete=is_complete, has_amounts=is_complete and is_one),
                }  # fmt: skip

    def delays(self) -> Iterator[Row]:
        """One row per campaign or flow, and channel."""
        ones = [one for one in self.all if one.parent]
        for (kind, parent, channel), its in _grouped(
            ones, "message_kind", "parent", "channel"
        ).items():
            hours = sorted(one.hours for one in its if one.hours is not None)
            quartiles = {"lower_quartile": 1, "median": 2, "upper_quartile": 3}
            yield {
                "client": self.brand.client, "message_kind": kind, "parent_id": parent,
                "channel": channel,
                "parent_name": parent.upper() if kind == "campaign" else "Flow",
                "first_day": min(one.day for one in its), "last_day": max(one.day for one in its),
                "orders": len(its), "orders_with_touch": len(hours),
                **{f"{name}_hours": _quartile(hours, part) for name, part in quartiles.items()},
                "orders_within_24_hours": sum(one.is_soon for one in its),
            }  # fmt: skip


def _grouped(ones: Iterable[Credit], *keys: str) -> dict[tuple[Any, ...], list[Credit]]:
    found: dict[tuple[Any, ...], list[Credit]] = defaultdict(list)
    for one in ones:
        found[tuple(getattr(one, key) for key in keys)].append(one)
    return dict(found)


def _sum(ones: Iterable[Credit]) -> Decimal | None:
    return money(sum((one.amount for one in ones), Decimal(0)))


def _rungs(ones: list[Credit], *, is_complete: bool, has_amounts: bool) -> Row:
    found: Row = {}
    for rung, is_meant in RUNGS.items():
        its = [one for one in ones if is_meant(one)]
        found[f"{rung}_orders"] = len(its) if is_complete else None
        found[f"{rung}_revenue"] = _sum(its) if has_amounts else None
    return found


def _quartile(hours: list[Fraction], part: int) -> Decimal | None:
    if not hours:
        return None
    place = Fraction(part, 4) * (len(hours) - 1)
    low = int(place)
    above = hours[min(low + 1, len(hours) - 1)]
    return rounded(hours[low] + (place - low) * (above - hours[low]), 4)
