"""What goes well or badly in a brand's history, for anomalies to occur in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.recomputed.brand import DAY, FlowPlan

if TYPE_CHECKING:
    import random

    from tests.recomputed.brand import Brand


@dataclass(frozen=True)
class Turn:
    """From a day on, for so many days, something happens so many times as often.

    A slow turn needs all its days for that.
    """

    start: int
    days: int
    times: float
    is_slow: bool

    def on(self, day: int) -> float:
        """How many times as often as usual it happens on a day."""
        passed = day - self.start
        if not 0 <= passed < self.days:
            return 1.0
        return 1 + (self.times - 1) * passed / self.days if self.is_slow else self.times


class Plot:
    """The turns of a brand: of what it sells and of how people respond."""

    def __init__(self, dice: random.Random, days: int) -> None:
        """Draw the turns of a history of so many days."""
        self.busy = dice.choice([1, 5]) if days > 100 else 1
        self._sales = _turns(dice, days, (0, 0.3, 0.6, 2)) + [
            Turn(dice.randrange(days), 1, dice.choice([0, 10]), is_slow=False)
            for _ in range(days // 60)
        ]
        self._responses = _turns(dice, days, (0.2, 0.5, 3))

    def sales(self, day: int) -> float:
        """How many times as many orders and consents as usual a day has."""
        return self.busy * _product(self._sales, day)

    def responses(self, day: int) -> float:
        """How many times as many responses as usual the sends of a day have."""
        return _product(self._responses, day)


def _turns(dice: random.Random, days: int, times: tuple[float, ...]) -> list[Turn]:
    return [
        Turn(dice.randrange(days), dice.choice([6, 20, 45, 100]), dice.choice(times), is_slow)
        for _ in range(days // 70)
        for is_slow in (dice.random() < 0.4,)
    ]


def _product(turns: list[Turn], day: int) -> float:
    found = 1.0
    for turn in turns:
        found *= turn.on(day)
    return found


def flow_plan(brand: Brand, dice: random.Random) -> FlowPlan:
    """What starts the flow, and what is wrong with it, if anything."""
    first, second = brand.until
    changed = first + (second - first) * dice.random() - dice.choice([0, 5, 60]) * DAY
    kind = dice.choice([None, "list", "metric", "metric", "metric", "segment", "date"])
    if kind is None:
        return FlowPlan(changed, dice.choice(["live", "draft"]))
    return FlowPlan(
        changed,
        dice.choice(["live"] * 6 + ["manual", "draft"]),
        kind,
        dice.choice(["order", "viewed", "cancel", "no metric"]),
        has_filter=dice.random() < 0.5,
        statuses=tuple(dice.choices(["live", "draft", "disabled"], [8, 1, 1], k=2)),
    )
