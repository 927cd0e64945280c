"""What happens in the shop: looking, checking out, ordering, sending back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.account.event import money

if TYPE_CHECKING:
    from sandbox.account.diary import Diary
    from sandbox.account.event import Attribution, Event
    from sandbox.account.people import Person

_HOUR = timedelta(hours=1)
_FOREIGN_SHARE = 0.04


@dataclass(frozen=True)
class Visit:
    """One person in the shop.

    Attributes:
        credit: The message that brought the person, if any; credited to the order.
        discount: Share of the price taken off, 0 to 1.
    """

    person: Person
    wall: datetime
    discount: float = 0.0
    credit: Attribution | None = None


def look(diary: Diary, visit: Visit) -> None:
    """A profile views a product."""
    product = diary.rng.choice(diary.brand.products)
    diary.note("viewed", visit.wall, visit.person, {
        "Product Name": product,
        "URL": f"https://{diary.brand.client}.example/products/{product.lower().replace(' ', '-')}",
    })  # fmt: skip


def check_out(diary: Diary, visit: Visit) -> int:
    """A profile fills a cart and starts a checkout; returns its price in cents."""
    low, high = diary.brand.price_cents
    full = int(low + (high - low) * diary.rng.random() ** 2)
    cents = round(full * (1 - visit.discount))
    diary.note("checkout", visit.wall, visit.person, _money(diary, visit, cents), cents=cents)
    return cents


def buy(diary: Diary, visit: Visit) -> Event:
    """A profile checks out, orders a few minutes later, and now and then sends it back."""
    cents = check_out(diary, visit)
    wall = diary.after(visit.wall, timedelta(minutes=4), timedelta(minutes=30))
    visit = replace(visit, wall=wall)
    properties = _money(diary, visit, cents)
    foreign = diary.brand.foreign_currency
    is_foreign = foreign is not None and visit.credit is None and diary.chance(_FOREIGN_SHARE)
    if is_foreign:
        properties["$value_currency"] = foreign
    order = diary.note(
        "order", visit.wall, visit.person, properties, cents=cents, attribution=visit.credit
    )
    if not is_foreign:  # a foreign order stays as it is: only orders mix currencies
        _regret(diary, visit, order, cents)
    return order


def _regret(diary: Diary, visit: Visit, order: Event, cents: int) -> None:
    number = str(order.properties["$event_id"])
    if diary.chance(0.05):
        wall = diary.after(visit.wall + 2 * timedelta(days=1), 60 * _HOUR, timedelta(days=9))
        back = cents if diary.chance(0.7) else cents // 2
        part = replace(visit, wall=wall)
        diary.note(
            "refund", wall, visit.person, _money(diary, part, back, f"R{number}"), cents=back
        )
    elif diary.chance(0.02):
        wall = diary.after(visit.wall, 5 * _HOUR, timedelta(hours=30))
        part = replace(visit, wall=wall)
        diary.note(
            "cancel", wall, visit.person, _money(diary, part, cents, f"C{number}"), cents=cents
        )


def _money(diary: Diary, visit: Visit, cents: int, number: str = "") -> dict[str, Any]:
    product = diary.rng.choice(diary.brand.products)
    properties: dict[str, Any] = {
        "$event_id": number or str(diary.rng.randrange(10**9, 10**10)),
        "$value": money(cents),
        "$value_currency": diary.brand.currency,
        "Items": [product],
        "Item Count": 1,
        "Source Name": "web",
    }
    if visit.discount:
        properties["Discount Codes"] = ["SEASON30"]
    return properties


def trade_day(diary: Diary, business: float, discount: float) -> None:
    """The shop's own day, without what messages bring.

    Args:
        diary: The day.
        business: How busy it is; 1 is an ordinary day.
        discount: Share of the price taken off today.
    """
    orders = diary.brand.orders_a_day
    for _ in range(_about(diary, orders * 2.2 * business)):
        diary.flip_fold()
        look(diary, _visit(diary, discount))
    for _ in range(_about(diary, orders * business)):
        diary.flip_fold()
        buy(diary, _visit(diary, discount))
    for _ in range(_about(diary, 2 * business)):
        person = diary.rng.choice(diary.people)
        points = diary.rng.randrange(50, 500)
        diary.note("loyalty", diary.moment(), person, {"Points": points, "Tier": "Gold"})
    if diary.brand.second_orders:
        for _ in range(_about(diary, 3)):
            _wholesale(diary)


def change_clocks(diary: Diary) -> None:
    """On the day the clocks change people are up at night, in both runs of a repeated hour."""
    for hour in range(5):
        for fold in range(diary.runs_of(hour)):
            diary.fold = fold
            start = datetime.combine(diary.day, time(hour))
            for minute in (5, 35):
                wall = start + timedelta(minutes=minute)
                look(diary, Visit(diary.rng.choice(diary.people), wall))
            buy(diary, Visit(diary.rng.choice(diary.people), start + timedelta(minutes=20)))


def _wholesale(diary: Diary) -> None:
    """An order that another integration reports under the same name; not the shop's revenue."""
    cents = diary.rng.randrange(50_000, 900_000)
    wall = diary.moment()
    person = diary.rng.choice(diary.people)
    diary.note(
        "wholesale_order", wall, person, _money(diary, Visit(person, wall), cents), cents=cents
    )


def _visit(diary: Diary, discount: float) -> Visit:
    return Visit(diary.rng.choice(diary.people), diary.moment(), discount)


def _about(diary: Diary, mean: float) -> int:
    return max(0, round(diary.rng.gauss(mean, mean**0.5)))
