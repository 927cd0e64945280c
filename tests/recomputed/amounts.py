"""Money of a brand by day: what is in the currency that the account had, and what is credited."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from tests.recomputed.brand import ATTRIBUTED

if TYPE_CHECKING:
    from datetime import date

    from tests.recomputed.brand import Event
    from tests.recomputed.facts import Facts

NOTHING = Decimal(0)


@dataclass
class Split:
    """A metric's amount of a day: all of it, the account's own part, and others' presence."""

    total: Decimal | None
    own: Decimal | None
    is_foreign: bool
    by_events: list[Event] | None

    @property
    def amount(self) -> Decimal | None:
        """The own part; all of it where nothing tells more."""
        return self.total if self.own is None else self.own


class Amounts:
    """Revenue, refunds and credits of a brand."""

    def __init__(self, facts: Facts) -> None:
        """Take a brand's facts."""
        self.facts = facts
        self.brand = facts.brand

    @cached_property
    def events(self) -> dict[tuple[str, date], list[Event]]:
        """Loaded events by metric and local day."""
        found: dict[tuple[str, date], list[Event]] = defaultdict(list)
        for event in self.brand.events:
            found[event.metric, self.brand.day(event.at)].append(event)
        return dict(found)

    def is_own(self, currency: str | None, day: date) -> bool:
        """Whether an amount is in the account's currency of the day; without one, it is."""
        return (currency or "").upper() in ("", self.brand.currency(day))

    def all_events(self, metric: str, day: date) -> list[Event] | None:
        """A metric's events of a day, if as many are loaded as Klaviyo counts."""
        found = self.events.get((metric, day), [])
        return found if found and len(found) == self.facts.count(metric, day) else None

    def split(self, metric: str, day: date) -> Split:
        """What is known of a metric's amount of a day."""
        found: Split = self.facts.remembered(
            "split", (metric, day), lambda: self._split(metric, day)
        )
        return found

    def _split(self, metric: str, day: date) -> Split:
        groups = self.facts.groups(metric, "total", day)
        everything = None if groups is None else sum((one.amount for one in groups), NOTHING)
        events = self.all_events(metric, day)
        own, is_foreign = self._own(metric, day, everything, events)
        if groups is not None and not sum(group.count for group in groups):
            own = NOTHING
        return Split(everything, own, is_foreign, events)

    def _own(
        self, metric: str, day: date, everything: Decimal | None, events: list[Event] | None
    ) -> tuple[Decimal | None, bool]:
        by_currency = self.facts.groups(metric, "$value_currency", day)
        if by_currency is not None:
            ours = [
                one for one in by_currency if self.is_own(one.dimensions["$value_currency"], day)
            ]
            return sum((one.amount for one in ours), NOTHING), len(ours) < len(by_currency)
        if events is None:
            return None, False
        ours_of_events = [one for one in events if self.is_own(one.currency, day)]
        if len(ours_of_events) == len(events):
            return everything, False
        return sum((one.value or NOTHING for one in ours_of_events), NOTHING), True

    def splits(self, role: str, day: date) -> list[Split]:
        """Those of a role's metrics."""
        return [self.split(one, day) for one in self.facts.metrics_of.get(role, [])]

    @cached_property
    def amounts(self) -> dict[tuple[str, date], Decimal | None]:
        """Revenue and refunds by role and day."""
        found: dict[tuple[str, date], Decimal | None] = {}
        earned: set[str] = set()
        was_foreign = False
        for day in self.facts.days:
            splits = {role: self.splits(role, day) for role in ("revenue", "refund")}
            was_foreign |= any(one.is_foreign for ones in splits.values() for one in ones)
            if any(self._sum(role, ones) for role, ones in splits.items()):
                earned.add(self.brand.currency(day))
            for role, ones in splits.items():
                is_earned = self.brand.currency(day) in earned
                found[role, day] = self._amount(
                    role, ones, is_earned=is_earned, was_foreign=was_foreign
                )
        return found

    def _sum(self, role: str, splits: list[Split]) -> Decimal | None:
        amounts = [one.amount for one in splits if one.amount is not None]
        if not amounts:
            return None
        return sum((abs(one) if role == "refund" else one for one in amounts), NOTHING)

    def _amount(
        self, role: str, splits: list[Split], *, is_earned: bool, was_foreign: bool
    ) -> Decimal | None:
        if not splits or any(one.total is None for one in splits):
            return None
        if any(one.is_foreign for one in splits) and not is_earned:
            return None
        is_split = all(one.own is not None for one in splits)
        return self._sum(role, splits) if is_split or not was_foreign else None

    def is_read(self, day: date) -> bool:
        """Whether Klaviyo said what it credits to messages."""
        return self._credited(day) is not None

    def _credited(self, day: date) -> list[tuple[str, bool, int, Decimal]] | None:
        """Message, whether it is a flow's money, orders, and amount in all currencies."""
        metric = self.brand.mapped.get("revenue", "")
        groups = self.facts.groups(metric, ATTRIBUTED, day)
        if groups is None:
            return None
        found = []
        for group in groups:
            message, flow = (group.dimensions[name] for name in ATTRIBUTED.split(","))
            known = self.brand.messages.get(message)
            is_flow = known.kind == "flow" if known else bool(flow)
            if message or flow:
                found.append((message, is_flow, group.count, group.amount))
        return found

    def credits(self, day: date) -> dict[tuple[str, bool], tuple[int, Decimal | None]]:
        """Orders and amount in the account's currency, by message and whether it is a flow's."""
        found: dict[tuple[str, bool], tuple[int, Decimal | None]] = {}
        for message, is_flow, orders, amount in self._credited(day) or []:
            before = found.get((message, is_flow), (0, NOTHING))
            found[message, is_flow] = (before[0] + orders, (before[1] or NOTHING) + amount)
        return {
            key: (orders, self._without_foreign(day, key, amount))
            for key, (orders, amount) in found.items()
        }

    def _without_foreign(
        self, day: date, key: tuple[str, bool] | None, amount: Decimal | None
    ) -> Decimal | None:
        (split,) = self.splits("revenue", day)
        if amount is None or self.amounts["revenue", day] is None:
            return None
        if not split.is_foreign:
            return amount
        if split.by_events is None:
            return None
        foreign = [one for one in split.by_events if not self.is_own(one.currency, day)]
        return amount - sum(
            (one.value or NOTHING for one in foreign if _credit(one) == key), NOTHING
        )

    def orders(self, day: date) -> int | None:
        """Orders that are credited at all."""
        found = self._credited(day)
        return None if found is None else sum(one[2] for one in found)

    def revenue_of(self, day: date, *, is_flow: bool) -> Decimal | None:
        """What campaigns, or flows, have earned."""
        found = self._credited(day)
        (split,) = self.splits("revenue", day) or [None]
        if found is None or split is None or self.amounts["revenue", day] is None:
            return None
        amount = sum((one[3] for one in found if one[1] == is_flow), NOTHING)
        if not split.is_foreign:
            return amount
        if split.by_events is None:
            return None
        foreign = [one for one in split.by_events if not self.is_own(one.currency, day)]
        theirs = [one for one in foreign if (_credit(one) or ("", None))[1] == is_flow]
        return amount - sum((one.value or NOTHING for one in theirs), NOTHING)


def _credit(event: Event) -> tuple[str, bool] | None:
    """The message that an order is credited to, and whether the money is a flow's."""
    if not event.attributions:
        return None
    (credit,) = event.attributions
    if "flow_message_id" in credit:
        return credit["flow_message_id"], True
    if "campaign_message_id" in credit:
        return credit["campaign_message_id"], False
    return "", "flow_id" in credit
