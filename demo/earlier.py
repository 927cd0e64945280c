"""The fictional brands as Klaviyo had them two days ago, so that a first load has a day after.

What the brands did by now stays the same, but Klaviyo receives some of it late: opens from a phone
that was off, orders from a till, an order's attribution, a corrected amount. The earlier state
lacks these, or has other values for them.
"""

from collections import Counter
from datetime import timedelta

from sandbox import World

AGO = timedelta(days=2)
# A world ends so long before its present: a tap that stops a minute before that misses nothing.
LAG = timedelta(minutes=5)
# What is so young may still change; it is less than the tap reads again in a daily run.
YOUNG = timedelta(days=3)
# One in so many of the young ones is concerned.
OPENS, ORDERS, CREDITS = 25, 8, 2


def two_days_before(world: World) -> tuple[World, Counter[str]]:
    """The brands two days before, and how much of the days until then was not known rightly.

    Args:
        world: The brands now; they stay as they are.

    Returns:
        The earlier world, and numbers of events: 'opens' and 'orders' that were not there yet,
        'credits' of orders that no message had yet, 'amounts' of orders that were too high.
    """
    earlier = World.invent(
        world.seed,
        world.until - AGO,
        world.accounts,
        first_day=world.first_day,
        scale=world.scale,
    )
    late: Counter[str] = Counter()
    for client in earlier.accounts:
        late += _forget(earlier, client)
    return earlier, late


def _forget(world: World, client: str) -> Counter[str]:
    since = (world.until - YOUNG).timestamp()
    young = [event for event in world.accounts[client].happened if event.at >= since]
    opens = [event for event in young if event.metric == "opened"][::OPENS]
    orders = [event for event in young if event.metric == "order"]
    credited = [order for order in orders if order.attribution][::CREDITS]
    others = [order for order in orders if not order.attribution]
    late, dearer = others[::ORDERS], others[1::ORDERS]
    for event in opens + late:
        world.remove_event(client, event.id)
    for order in credited:
        world.restate(client, order.id, None)
    for order in dearer:
        world.change_value(client, order.id, (order.cents or 0) * 5 // 4)
    return Counter(opens=len(opens), orders=len(late), credits=len(credited), amounts=len(dearer))
