"""A brand's season: what each local day sets off, by the plot."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sandbox.account.diary import Diary
from sandbox.account.flows import flows_of
from sandbox.account.mailing import send_campaign, send_flow
from sandbox.account.messages import campaigns_on
from sandbox.account.shop import Visit, change_clocks, check_out, trade_day
from sandbox.account.touches import orders_anyway

if TYPE_CHECKING:
    from sandbox.account.event import Event
    from sandbox.account.flows import Flow
    from sandbox.account.story import Brand

_DAY = timedelta(days=1)
_SALE_DISCOUNT = 0.3
_PEOPLE = 900
_ORDINARY_HOURS = 24


def plan_day(brand: Brand, seed: int, first_day: date, day: date, scale: int) -> list[Event]:
    """Everything that a local day sets off, also what follows on later days.

    The same arguments give the same events, and no other day is looked at: a season can be
    prolonged without changing what was.
    """
    number = (day - first_day).days
    plot = brand.plot
    is_sale = plot.sale_from <= number < plot.sale_from + plot.sale_days
    discount = _SALE_DISCOUNT if is_sale else 0.0
    business = _business(brand, number, day)
    flows = flows_of(brand, seed, first_day)
    diary = Diary(brand, seed, day, _PEOPLE * scale)
    for _ in range(scale):
        trade_day(diary, business, discount)
        _automatic(diary, flows, business)
    campaigns = campaigns_on(brand, seed, day, number)
    for campaign in campaigns:
        for _ in range(scale):
            send_campaign(diary, campaign, discount)
    if brand.day_hours(day) != _ORDINARY_HOURS:
        change_clocks(diary)
    later = Diary(brand, seed, day, _PEOPLE * scale, ":orders anyway")
    orders_anyway(later, first_day, diary.events, campaigns)
    return diary.events + later.events


def _business(brand: Brand, number: int, day: date) -> float:
    """How busy the shop is; 1 is an ordinary day."""
    plot = brand.plot
    week = 1 + 0.25 * math.sin(day.weekday() * math.tau / 7)
    growth = 1 + number / 400
    if plot.sale_from <= number < plot.sale_from + plot.sale_days:
        growth *= 2.2
    if plot.quiet_from <= number < plot.quiet_from + plot.quiet_days:
        growth *= 0.25
    return week * growth


def _automatic(diary: Diary, flows: dict[str, Flow], business: float) -> None:
    """New subscribers, abandoned baskets and, once switched on, thank-you mails."""
    rng = diary.rng
    for _ in range(max(1, round(3 * business))):
        diary.flip_fold()
        wall = diary.moment()
        person = rng.choice(diary.people)
        diary.note("subscribed", wall, person, {"List": "Newsletter", "Method": "Form"})
        send_flow(diary, flows["welcome"], person, wall)
    for _ in range(max(1, round(2 * business))):
        diary.flip_fold()
        visit = Visit(rng.choice(diary.people), diary.moment())
        check_out(diary, visit)
        send_flow(diary, flows["checkout"], visit.person, visit.wall)
    live_from = flows["thanks"].live_from
    if live_from is not None and diary.day >= live_from.date():
        for _ in range(max(1, round(4 * business))):
            diary.flip_fold()
            send_flow(diary, flows["thanks"], rng.choice(diary.people), diary.moment())
