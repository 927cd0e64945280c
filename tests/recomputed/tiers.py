"""Recomputes `daily_engagement_tiers`, person by person."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from tests.recomputed import daily
from tests.recomputed.deliveries import is_machine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tests.recomputed.things import Things

TIERS = {
    "under_30_days": range(30), "30_to_89_days": range(30, 90), "90_to_179_days": range(90, 180),
    "180_days_or_more": range(180, 100_000), "never": (None,),
}  # fmt: skip
CHANNELS = ("email", "sms", "push", "whatsapp")
Days = dict[tuple[str, str], set["date"]]


def tiers(things: Things) -> Iterator[dict[str, Any]]:
    """One row per day, channel and tier."""
    past = _past(things)
    whole = [day for day in things.facts.days if things.facts.is_events_day(day)]
    for row in daily.channels(things):
        day, channel = row["date_day"], row["channel"]
        if channel not in CHANNELS:
            continue
        unknown = (things.deliveries.is_unknown(channel, one) for one in ("opened", "clicked"))
        is_known = row["deliveries"] is not None and not any(unknown)
        people, buyers = _counted(past, day, channel)
        for tier in TIERS:
            yield {
                "client": row["client"], "date_day": day, "channel": channel, "tier": tier,
                "people": people[tier] if is_known else None,
                "buyers": buyers[tier] if is_known else None,
                "known_days": (day - min(whole)).days if is_known else None,
                "is_settled": row["is_settled"], "is_over": row["is_over"],
            }  # fmt: skip


def _past(things: Things) -> dict[str, Days]:
    """Days by what was done on them, and by channel (empty for orders) and person."""
    facts = things.facts
    found: dict[str, Days] = defaultdict(lambda: defaultdict(set))
    for event in facts.brand.events:
        is_order = facts.role_of.get(event.metric) == "revenue"
        channel = "" if is_order else facts.channel_of(event.metric)
        kind = "ordered" if is_order else facts.action_of(event.metric)
        if kind in ("opened", "clicked"):
            kind = "" if is_machine(event) else "engaged"
        if event.person and kind and channel is not None:
            found[kind][channel, event.person].add(facts.brand.day(event.at))
    return found


def _counted(past: dict[str, Days], day: date, channel: str) -> tuple[Counter[str], Counter[str]]:
    people: Counter[str] = Counter()
    buyers: Counter[str] = Counter()
    for (sent_by, person), days in past["delivered"].items():
        if sent_by != channel or day not in days:
            continue
        before = [one for one in past["engaged"].get((channel, person), ()) if one < day]
        ago = (day - max(before)).days if before else None
        [tier] = [tier for tier, numbers in TIERS.items() if ago in numbers]
        people[tier] += 1
        buyers[tier] += any(one < day for one in past["ordered"].get(("", person), ()))
    return people, buyers
