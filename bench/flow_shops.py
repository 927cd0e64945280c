"""Invented shops for `bench.flows`: what starts their flows, what they send, what goes wrong."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from bench.brands import DAY, WEEKDAYS, chance, noise

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
BEGINS = LAST - 13 * DAY
"""The day on which something goes wrong."""

PLOTS = {
    "rename": "ok",
    "quiet shop": "ok",
    "dead trigger": "trigger_silent",
    "pause": "flow_silent",
    "stops by itself": "flow_silent",
    "draft message": "message_draft",
    "filter": "no_one_qualifies",
    "60 % fewer clicks": "decaying",
}
"""What goes wrong with the flow of the abandoned checkout, and the verdict on it."""

METRICS = {
    "checkout": ("Checkout Started", "shopify"),
    "order": ("Placed Order", "shopify"),
    "viewed": ("Viewed Product", "shopify"),
    "joined": ("Subscribed to Email Marketing", "klaviyo"),
    "received": ("Received Email", "klaviyo"),
    "clicked": ("Clicked Email", "klaviyo"),
}
USUAL = {"checkout": 12.0, "order": 20.0, "viewed": 150.0, "joined": 6.0}
"""Events of an ordinary day."""

FLOWS = {"checkout": "Abandoned checkout", "joined": "Welcome series", "order": "Thank you"}
"""Name of the flow that a metric starts."""

MESSAGES = {
    "checkout 1": ("checkout", 0, 0.7, 0.15),
    "checkout 2": ("checkout", 1, 0.6, 0.1),
    "joined 1": ("joined", 0, 0.95, 0.2),
    "joined 2": ("joined", 3, 0.9, 0.1),
    "order 1": ("order", 2, 0.9, 0.1),
}
"""The metric that starts its flow, days of delay, how many of the started get it, and click it."""


@dataclass
class FlowShop:
    """A shop with three flows.

    Attributes:
        account: Its id.
        size: What the events of an ordinary day are multiplied by.
        spread: The spread of what comes on top of chance, of the whole shop and of each metric.
        plot: What goes wrong from `BEGINS` on, a key of `PLOTS`; nothing without.
        has_flows: Whether its flows were read; its key may lack the scope.
    """

    account: str
    size: float
    spread: float
    plot: str = ""
    has_flows: bool = True

    def rows(self, seed: int) -> Iterator[tuple[str, str, date, int]]:
        """Metric, message ('' for the total), day and count of every day."""
        dice = random.Random(f"{seed}{self.account}")  # noqa: S311 - invented data
        started: dict[date, dict[str, int]] = {}
        for day in _days():
            started[day] = self._started(dice, day)
            for metric, count in started[day].items():
                yield metric, "", day, count
            totals: Counter[str] = Counter()
            for message in MESSAGES:
                for metric, count in self._sent(dice, message, day, started):
                    totals[metric] += count
                    yield metric, message, day, count
            for metric in ("received", "clicked"):
                yield metric, "", day, totals[metric]

    def _started(self, dice: random.Random, day: date) -> dict[str, int]:
        busy = self.size * WEEKDAYS[day.weekday()] * noise(dice, self.spread)
        if self.plot == "quiet shop" and day >= BEGINS:
            busy *= 0.1
        counts = {
            metric: chance(dice, usual * busy * noise(dice, self.spread))
            for metric, usual in USUAL.items()
        }
        if self.plot == "dead trigger" and day >= BEGINS:
            counts["checkout"] = 0
        return counts

    def _sent(
        self, dice: random.Random, message: str, day: date, started: dict[date, dict[str, int]]
    ) -> Iterator[tuple[str, int]]:
        metric, delay, delivered, clicked = MESSAGES[message]
        count = round(started.get(day - delay * DAY, {}).get(metric, 0) * delivered)
        if metric == "checkout" and day >= BEGINS:
            stops = {"pause", "stops by itself", "filter"}
            if self.plot in stops or (self.plot == "draft message" and message == "checkout 2"):
                count = 0
            clicked *= 0.4 if self.plot == "60 % fewer clicks" else 1.0
        yield "received", count
        yield "clicked", min(count, chance(dice, count * clicked * noise(dice, self.spread)))

    def metrics(self) -> dict[str, tuple[str, str]]:
        """Names and integrations of its metrics as they are called today."""
        renamed = {"checkout": ("Began to pay", "shopify")} if self.plot == "rename" else {}
        return METRICS | renamed

    def flow(self, metric: str) -> dict[str, Any]:
        """What Klaviyo says of the flow that a metric starts."""
        is_hit = metric == "checkout"
        is_changed = is_hit and self.plot in {"pause", "draft message", "filter"}
        return {
            "status": "manual" if is_hit and self.plot == "pause" else "live",
            "updated": BEGINS if is_changed else FIRST,
            "has_filter": is_hit and self.plot == "filter",
            "steps": [
                {
                    "id": message,
                    "type": "send-email",
                    "status": "draft"
                    if message == "checkout 2" and self.plot == "draft message"
                    else "live",
                    "message_id": message,
                    "after_hours": 24.0 * delay,
                }
                for message, (started_by, delay, _, _) in MESSAGES.items()
                if started_by == metric
            ],
        }


def _days() -> Iterator[date]:
    day = FIRST
    while day <= LAST:
        yield day
        day += DAY
