"""Recomputes `attribution_settings`: which rules of attribution the orders follow."""

from __future__ import annotations

from math import ceil, log
from typing import TYPE_CHECKING, Any

from tests.recomputed import seeds
from tests.recomputed.brand import DAY
from tests.recomputed.numbers import rounded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from fractions import Fraction

    from tests.recomputed.credits import Credit, Credits

ACTIONS = {
    "human_click": "clicked", "bot_click": "clicked", "human_open": "opened",
    "machine_open": "opened", "delivery_only": "delivered",
}  # fmt: skip
CHANCE = 1e-6
ENOUGH = 50
Row = dict[str, Any]


def settings(known: Credits) -> Iterator[Row]:
    """One row per channel with evidence, and kind of touch that it has."""
    facts = known.things.facts
    whole = [day for day in facts.days if facts.is_events_day(day)]
    if not whole:
        return
    first = max(whole[0] + 30 * DAY, whole[-1] - 89 * DAY)
    evidence = [one for one in known.all if one.hours is not None and one.day >= first]
    for channel in sorted({one.touch_channel or "" for one in evidence}):
        its = [one for one in evidence if one.touch_channel == channel]
        for touch, action in ACTIONS.items():
            if action in seeds.actions_known()[channel]:
                row = {"client": known.brand.client, "channel": channel, "touch": touch}
                yield row | _setting(its, touch)


def _setting(orders: list[Credit], touch: str) -> Row:
    changed_on = _change(orders, touch)
    now = [one for one in orders if changed_on is None or one.day >= changed_on]
    hours = _hours(now, touch)
    before = None
    if changed_on:
        before = max(_hours([one for one in orders if one.day < changed_on], touch), default=None)
    longest = max(hours, default=None)
    return {
        "seen_from": min(one.day for one in now), "seen_until": max(one.day for one in now),
        "channel_orders": len(now), "orders": len(hours),
        "is_credited": True if hours else False if len(now) >= ENOUGH else None,
        "longest_hours": rounded(longest, 4),
        "window_hours": None if longest is None else ceil(longest),
        "changed_on": changed_on, "change": _word(before, longest) if changed_on else None,
        "earlier_window_hours": None if before is None else ceil(before),
    }  # fmt: skip


def _hours(orders: list[Credit], touch: str) -> list[Fraction]:
    return [one.hours for one in orders if one.touch == touch and one.hours is not None]


def _word(before: Fraction | None, now: Fraction | None) -> str:
    if now is None:
        return "no longer credited"
    if before is None:
        return "credited"
    return "shorter window" if now < before else "longer window"


def _change(orders: list[Credit], touch: str) -> date | None:
    days = sorted({one.day for one in orders})[1:]
    found = [(_surprise(orders, touch, day), day) for day in days]
    best = max((surprise for surprise, _ in found), default=0.0)
    if best < -log(CHANCE):
        return None
    return min(day for surprise, day in found if surprise >= best - 1e-9)


def _surprise(orders: list[Credit], touch: str, day: date) -> float:
    sides = [one for one in orders if one.day < day], [one for one in orders if one.day >= day]
    found = [0.0]
    for side, other in (sides, sides[::-1]):
        hours, others = _hours(side, touch), _hours(other, touch)
        if hours and not others:
            found.append(len(hours) * log(len(orders) / len(side)))
        elif hours:
            beyond = [one for one in hours if one > max(others)]
            found.append(len(beyond) * log(1 + len(others) / len(hours)))
    return max(found)
