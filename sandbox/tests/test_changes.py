"""Whatever is done to a world, in whatever order: the API and the truth go on agreeing."""

from collections import defaultdict
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from random import Random

import pytest

from sandbox import Sandbox, World

UNTIL = datetime(2026, 11, 1, 3, tzinfo=timezone.utc)  # hours before New York's clocks go back
FIRST_DAY = date(2026, 10, 27)
STEPS = 60


def change(world, rng):
    """One change, chosen and carried out by the numbers of `rng` alone."""
    account = world.accounts["acme"]
    wall = datetime.fromisoformat("2026-10-31T12:00")
    orders = [event.id for event in account.by_metric["order"]]
    clicks = [event.id for event in account.by_metric["clicked"]]
    cents = rng.randrange(1, 99_999)
    steps = {
        "late": lambda: world.add_event(
            "acme", "Placed Order", wall - timedelta(minutes=rng.randrange(6000)), cents=cents
        ),
        "future": lambda: world.add_event(
            "acme", "Placed Order", wall + timedelta(minutes=rng.randrange(9000)), cents=cents,
            credited_to=rng.choice(clicks),
        ),
        "tie": lambda: world.add_event("acme", "Opened Email", wall),
        "credit": lambda: world.restate("acme", rng.choice(orders), rng.choice(clicks)),
        "discredit": lambda: world.restate("acme", rng.choice(orders), None),
        "correct": lambda: world.change_value("acme", rng.choice(orders), cents),
        "remove": lambda: world.remove_event("acme", rng.choice(list(account.by_id))),
        "advance": lambda: world.advance(world.until + timedelta(minutes=rng.randrange(400))),
    }  # fmt: skip
    steps[rng.choice(list(steps))]()


@pytest.fixture(params=[1, 2, 3])
def changed(request):
    worlds = []
    for _ in range(2):
        world = World.invent(until=UNTIL, clients=("acme",), first_day=FIRST_DAY)
        rng = Random(request.param)  # noqa: S311 - chooses steps
        for _ in range(STEPS):
            change(world, rng)
        worlds.append(world)
    return worlds


def test_the_same_changes_make_the_same_world(changed):
    first, second = changed

    assert first.until == second.until
    assert first.truth.totals("acme") == second.truth.totals("acme")
    assert first.truth.flow_series("acme") == second.truth.flow_series("acme")
    assert list(first.accounts["acme"].by_id) == list(second.accounts["acme"].by_id)


def test_what_is_served_up_to_now_is_the_truth(changed, ask):
    world, _ = changed
    account = world.accounts["acme"]
    names = {metric.id: metric.name for metric in account.metrics.values()}
    served = defaultdict(lambda: {"count": 0, "people": set(), "money": Decimal(0)})
    with Sandbox(world, rate_factor=1000, clock=lambda: world.until) as sandbox:
        bound = world.until.strftime("%Y-%m-%dT%H:%M:%SZ")
        events = ask(sandbox, "acme").all(
            "/events", filter=f"less-than(datetime,{bound})", **{"page[size]": 500}
        )
    for event in events:
        moment = datetime.fromisoformat(event["attributes"]["datetime"])
        metric = names[event["relationships"]["metric"]["data"]["id"]]
        day = served[moment.astimezone(account.brand.zone).date(), metric]
        day["count"] += 1
        day["people"].add(event["relationships"]["profile"]["data"]["id"])
        day["money"] += Decimal(str(event["attributes"]["event_properties"].get("$value", 0)))

    assert {
        key: {"count": day["count"], "unique": len(day["people"]), "sum_value": day["money"]}
        for key, day in served.items()
    } == {
        (day, name): numbers
        for day, metrics in world.truth.totals("acme").items()
        for name, numbers in metrics.items()
    }
