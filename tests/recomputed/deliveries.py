"""What became of deliveries: each answer belongs to the latest delivery that it can be of."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.recomputed import seeds

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from tests.recomputed.brand import Event
    from tests.recomputed.facts import Facts

# Columns, with the action that they tell, and whether machines are left out.
COLUMNS = {
    "deliveries": ("delivered", False),
    "opened_deliveries": ("opened", False),
    "human_opened_deliveries": ("opened", True),
    "clicked_deliveries": ("clicked", False),
    "human_clicked_deliveries": ("clicked", True),
    "complained_deliveries": ("marked", False),
    "unsubscribed_deliveries": ("unsubscribed", False),
}
LAST_DAYS = 89


def is_machine(event: Event) -> bool:
    """Whether Klaviyo marks it as a machine's."""
    names = ("Bot Click", "Apple Privacy Open", "machine_open", "Machine Open")
    return any(event.told(name).lower() == "true" for name in names)


@dataclass
class Delivery:
    """A message, a person and a day, in a channel; `answered`: the day of each first answer."""

    channel: str
    message: str
    day: date
    provider: str = ""
    answered: dict[tuple[str, bool], date] = field(default_factory=dict)


class Deliveries:
    """A brand's deliveries with their answers."""

    def __init__(self, facts: Facts) -> None:
        """Match them."""
        self.facts = facts
        self._of_person: dict[tuple[str, str], dict[tuple[date, str], Delivery]]
        self._of_person = defaultdict(dict)
        told = [(*self._kind(one), one) for one in facts.brand.events if one.person]
        known = [(channel, action, event) for channel, action, event in told if channel]
        for channel, _, event in (one for one in known if one[1] == "delivered"):
            self._deliver(channel, event)
        for channel, action, event in (one for one in known if one[1] != "delivered"):
            self._answer(channel, action, event)
        self.by_day: dict[date, list[Delivery]] = defaultdict(list)
        for ones in self._of_person.values():
            for delivery in ones.values():
                self.by_day[delivery.day].append(delivery)

    def _kind(self, event: Event) -> tuple[str | None, str]:
        facts = self.facts
        if event.metric not in facts.role_of or not facts.channel_of(event.metric):
            return None, ""
        action = facts.action_of(event.metric)
        if action not in {one for one, _ in COLUMNS.values()}:
            return None, ""
        return facts.channel_of(event.metric), action

    def _deliver(self, channel: str, event: Event) -> None:
        day, message = self.facts.brand.day(event.at), event.told("$message")
        found = self._of_person[channel, event.person].setdefault(
            (day, message), Delivery(channel, message, day)
        )
        found.provider = max(found.provider, event.told("Inbox Provider"))
        found.answered["delivered", False] = day

    def _answer(self, channel: str, action: str, event: Event) -> None:
        day = self.facts.brand.day(event.at)
        found = self._latest(channel, event, day)
        if not found or (day - found.day).days > LAST_DAYS:
            return
        for is_human in (False, True):
            if not is_human or not is_machine(event):
                first = found.answered.get((action, is_human), day)
                found.answered[action, is_human] = min(first, day)

    def _latest(self, channel: str, event: Event, day: date) -> Delivery | None:
        message = event.told("$message")
        got = self._of_person.get((channel, event.person), {})
        able = [
            key for key in got if key[0] <= day and (not message or key[1] in ("", message))
        ]  # fmt: skip
        return got[max(able)] if able else None

    def of_day(
        self, day: date, channel: str, is_meant: Callable[[Delivery], bool]
    ) -> dict[str, int | None]:
        """The columns of the deliveries of a day, with what has become of them so far."""
        if not self.facts.is_events_day(day):
            return dict.fromkeys(COLUMNS)
        ones = [one for one in self.by_day.get(day, []) if is_meant(one)]
        return self.counted(ones, channel)

    def counted(self, ones: list[Delivery], channel: str) -> dict[str, Any]:
        """How many were answered in each way; none where the channel has no such response."""
        known = seeds.actions_known().get(channel)
        return {
            column: sum(kind in one.answered for one in ones)
            if (known is None or kind[0] in known) and not self.is_unknown(channel, kind[0])
            else None
            for column, kind in COLUMNS.items()
        }

    def is_unknown(self, channel: str, action: str) -> bool:
        """Whether the metric is missing that would tell; for no single channel, in any of them."""
        channels = seeds.channels_of_roles()
        return any(
            seeds.action_of(role, channels[role]) == action
            and channel in (channels[role], "mixed", "unknown")
            for role in self.facts.unknown_roles
        )
