"""What several tables need of a brand: its channels, and what its days lack."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tests.recomputed import seeds
from tests.recomputed.amounts import Amounts
from tests.recomputed.daily import ACTIONS, series_of
from tests.recomputed.deliveries import Deliveries, is_machine
from tests.recomputed.facts import Facts
from tests.recomputed.numbers import money, total

if TYPE_CHECKING:
    from datetime import date

    from tests.recomputed.brand import Brand


class Things:
    """A brand with its facts, amounts and deliveries."""

    def __init__(self, brand: Brand) -> None:
        """Work them out."""
        self.brand = brand
        self.facts = Facts(brand)
        self.amounts = Amounts(self.facts)
        self.deliveries = Deliveries(self.facts)
        self._series = {
            one: series_of(self, one) for one in (None, "email", "sms", "push", "whatsapp")
        }

    @cached_property
    def channels(self) -> set[str]:
        """Channels in which anything was ever counted, or of which a number is unknown."""
        found = set()
        for role, channel in seeds.channels_of_roles().items():
            counts = (self.facts.role_count(role, day) for day in self.facts.days)
            if channel and (role in self.facts.unknown_roles or any(counts)):
                found.add(channel)
        return found

    def _lacks(self, day: date, channel: str | None, *, wants_whole: bool) -> bool:
        found = [self.facts.answer(*series, day) for series in self._series.get(channel, ())]
        return any(one is None or (wants_whole and not one.is_whole) for one in found)

    def is_missing(self, day: date, channel: str | None = None) -> bool:
        """Whether something was not read that feeds the client's numbers (or the channel's)."""
        is_unknown = bool(self.facts.unknown_roles & HEADLINE_ROLES)
        lacks = self._lacks(day, None, wants_whole=False)
        return is_unknown or lacks or self._lacks(day, channel, wants_whole=False)

    def is_whole(self, day: date, channel: str | None = None) -> bool:
        """Whether nothing was missing, and the day was over when all of it was read."""
        lacks = any(self._lacks(day, one, wants_whole=True) for one in (None, channel))
        return self.facts.is_over(day) and not lacks and not self.is_missing(day, channel)

    def channel_counts(self, channel: str, day: date) -> dict[str, int | None]:
        """Klaviyo's counts of a channel."""
        facts = self.facts
        if channel not in self.channels:
            columns = (*ACTIONS, "unique_opens", "unique_clicks", *MACHINES)
            return dict.fromkeys(columns)
        roles = {
            action: role
            for role, its_channel in seeds.channels_of_roles().items()
            if its_channel == channel and (action := seeds.action_of(role, channel))
        }
        counts = {
            column: facts.role_count(roles[action], day) if action in roles else None
            for column, action in ACTIONS.items()
        }
        people = {
            f"unique_{column}": facts.role_people(roles[action], day) if action in roles else None
            for column, action in (("opens", "opened"), ("clicks", "clicked"))
        }
        return {**counts, **people, **self._machines(channel, roles, day)}

    def _machines(self, channel: str, roles: dict[str, str], day: date) -> dict[str, int | None]:
        metrics = self.facts.metrics_of
        clicked, opened = (metrics.get(roles.get(one, ""), []) for one in ("clicked", "opened"))
        is_email = channel == "email"
        apple = [self._marked(one, day, only_apple=True) for one in opened]
        machine = [self._marked(one, day, only_apple=False) for one in opened]
        bots = [self._bots(one, day) for one in clicked]
        return {
            "bot_clicks": total(bots) if bots else None,
            "apple_opens": total(apple) if is_email and apple else None,
            "machine_opens": total(machine) if is_email and machine else None,
        }

    def _bots(self, metric: str, day: date) -> int | None:
        if self.facts.count(metric, day) == 0:
            return 0
        groups = self.facts.groups(metric, "Bot Click", day)
        if groups is None:
            return None
        return sum(one.count for one in groups if one.dimensions["Bot Click"] == "true")

    def _marked(self, metric: str, day: date, *, only_apple: bool) -> int | None:
        if self.facts.count(metric, day) == 0:
            return 0
        events = self.amounts.all_events(metric, day)
        if events is None:
            return None
        if only_apple:
            return sum(one.told("Apple Privacy Open").lower() == "true" for one in events)
        return sum(map(is_machine, events))

    def channel_of_message(self, message: str) -> str | None:
        """`mixed` for several channels; none if the message no longer exists."""
        known = self.brand.messages.get(message)
        if known is None:
            return None
        return known.channels[0] if len(set(known.channels)) == 1 else "mixed"

    def credits_by_channel(self, day: date) -> dict[str, list[tuple[bool, int, Any]]]:
        """What is credited to each channel's messages: is it a flow's, orders, amount."""
        found: dict[str, list[tuple[bool, int, Any]]] = defaultdict(list)
        for (message, is_flow), (orders, amount) in self.amounts.credits(day).items():
            channel = self.channel_of_message(message)
            known = channel if channel and channel != "mixed" else "unknown"
            found[known].append((is_flow, orders, amount))
        return found

    def channel_money(self, channel: str, day: date) -> dict[str, Any]:
        """Orders and amounts credited to a channel; unknown where the client's are."""
        found = self.credits_by_channel(day).get(channel, [])
        orders = sum(one[1] for one in found) if self.amounts.is_read(day) else None
        is_known = self.amounts.revenue_of(day, is_flow=True) is not None
        parts = {
            name: total(one[2] for one in found if is_flow in (one[0], None))
            if is_known and total(one[2] for one in found) is not None
            else None
            for name, is_flow in (("attributed", None), ("campaign", False), ("flow", True))
        }
        amounts = {f"{name}_revenue": money(value) for name, value in parts.items()}
        return {"attributed_orders": orders, **amounts}

    def is_unread(self, breakdown: str, channel: str, action: str, day: date) -> bool:
        """Whether a count was not read by a breakdown; for no single channel, in any of them."""

        def find() -> bool:
            for metric in self.facts.role_of:
                is_meant = channel in (self.facts.channel_of(metric), "mixed", "unknown")
                is_meant = is_meant and self.facts.action_of(metric) == action
                if is_meant and self.facts.answer(metric, breakdown, day) is None:
                    return True
            return self.deliveries.is_unknown(channel, action)

        found: bool = self.facts.remembered("unread", (breakdown, channel, action, day), find)
        return found


MACHINES = ("bot_clicks", "apple_opens", "machine_opens")
HEADLINE_ROLES = {
    "email_delivered", "email_opened", "email_clicked", "email_bounced", "email_marked_as_spam",
    "email_unsubscribed", "email_subscribed", "sms_delivered", "sms_clicked", "sms_subscribed",
}  # fmt: skip
