"""What an order can rest on: the open, click or delivery that gets its message the credit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.account.shop import Visit, buy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sandbox.account.diary import Diary
    from sandbox.account.event import Event
    from sandbox.account.messages import Campaign
    from sandbox.account.story import Brand

_CHECKOUT = timedelta(minutes=31)  # longer than `buy` ever takes
# Orders that follow a touch without being caused by it; probabilities per touch.
_CHANCES = {
    "human_click": 0.04,
    "bot_click": 0.05,
    "human_open": 0.04,
    "machine_open": 0.05,
    "delivery_only": 0.01,
}


def touch_of(event: Event | None) -> str:
    """The kind of a touch; 'unknown' for none, and for what is no touch."""
    facts = event.properties if event else {}
    metric = event.metric if event else ""
    if metric in ("clicked", "sms_clicked"):
        return "bot_click" if facts.get("Bot Click") else "human_click"
    if metric == "opened":
        is_machine = facts["Apple Privacy Open"] or facts["machine_open"]
        return "machine_open" if is_machine else "human_open"
    return "delivery_only" if metric in ("received", "sms_received") else "unknown"


def orders_anyway(
    diary: Diary, first_day: date, touches: Iterable[Event], campaigns: Iterable[Campaign]
) -> None:
    """People order after a touch, at any time that the account's rules still credit.

    Args:
        diary: A chapter of the day on which the touches were set off.
        first_day: The world's first day.
        touches: Events of that day and later ones.
        campaigns: Those to which messages outside flows belong.
    """
    people = {person.id: person for person in diary.people}
    owners = {message.id: one.id for one in campaigns for message in one.messages}
    for touch in touches:
        kind = touch_of(touch)
        # Only SMS are credited for a delivery.
        if kind == "unknown" or touch.metric == "received" or not diary.chance(_CHANCES[kind]):
            continue
        rules = diary.brand.credit_on((touch.day - first_day).days)
        most = timedelta(hours=rules.hours) - _CHECKOUT
        passed = timedelta(seconds=diary.rng.randrange(int(most.total_seconds())))
        wall = datetime.fromtimestamp(touch.at + passed.total_seconds(), diary.brand.zone)
        number = ((wall + _CHECKOUT).date() - first_day).days
        if is_credited(diary.brand, kind, passed + _CHECKOUT, number):
            diary.fold = wall.fold
            owner = owners.get(str(touch.properties["$message"]))
            credit = diary.credit(touch, owner, "later order")
            buy(diary, Visit(people[touch.profile], wall.replace(tzinfo=None, fold=0), 0.0, credit))


def is_credited(brand: Brand, kind: str, passed: timedelta, number: int) -> bool:
    """Whether the account credits an order, by the number of the order's day."""
    rules = brand.credit_on(number)
    refused = {"machine_open": not rules.machine_opens, "bot_click": not rules.bot_clicks}
    return passed <= timedelta(hours=rules.hours) and not refused.get(kind)
