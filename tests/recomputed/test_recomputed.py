"""Every public cell is what a second program works out from docs/metrics.md."""

from __future__ import annotations

import random

from tests.recomputed import daily
from tests.recomputed.compare import Comparison
from tests.recomputed.inventing import Inventor
from tests.recomputed.messages import Messages
from tests.recomputed.reading import Reader
from tests.recomputed.things import Things


def invent(seed: int, brands: int = 8) -> list[Reader]:
    dice = random.Random(seed)  # noqa: S311 - a dice, not a secret
    lengths = [400, *(dice.choice([20, 45, 110]) for _ in range(brands - 1))]
    return [
        Reader(Inventor(f"S{seed}B{number}", dice, days).invent(), dice)
        for number, days in enumerate(lengths)
    ]


def compare(database, readers: list[Reader]) -> Comparison:
    found = Comparison()
    for reader in readers:
        brand = reader.brand
        things = Things(brand)
        found.table(database, "daily_client_metrics", daily.clients(things), ("date_day",),
                    account=brand.account)  # fmt: skip
        found.table(database, "daily_channel_metrics", daily.channels(things),
                    ("date_day", "channel"), account=brand.account)  # fmt: skip
        found.table(database, "daily_deliverability", daily.deliverability(things),
                    ("date_day", "inbox_provider"), account=brand.account)  # fmt: skip
        messages = Messages(things)
        found.table(database, "daily_message_metrics", messages.days.values(),
                    ("message_id", "date_day"), account=brand.account)  # fmt: skip
        found.table(database, "flow_metrics", messages.flows(), ("message_id", "date_day"),
                    account=brand.account)  # fmt: skip
        found.table(database, "campaign_metrics", messages.campaigns(), ("message_id",),
                    account=brand.account)  # fmt: skip
    return found
