"""Counting what became of messages, and the statistics that Klaviyo makes of the counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from sandbox.account.performance import UNIQUE_OF

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.account.performance import Outcome

_SEGMENT_CENTS = 2  # what a text costs per segment, in hundredths of the currency
# Rates are fractions: what is counted, and of what; of nothing it is zero.
_RATES = {
    "bounce_rate": ("bounced", "recipients"),
    "failed_rate": ("failed", "recipients"),
    "bounced_or_failed_rate": ("bounced_or_failed", "recipients"),
    "delivery_rate": ("delivered", "recipients"),
    "open_rate": ("opens_unique", "delivered"),
    "click_rate": ("clicks_unique", "delivered"),
    "click_to_open_rate": ("clicks_unique", "opens_unique"),
    "conversion_rate": ("conversion_uniques", "delivered"),
    "spam_complaint_rate": ("spam_complaints", "delivered"),
    "unsubscribe_rate": ("unsubscribe_uniques", "delivered"),
    "revenue_per_recipient": ("conversion_value", "delivered"),
    "average_order_value": ("conversion_value", "conversions"),
    "text_message_roi": ("conversion_value", "text_message_spend"),
    "submit_rate": ("submits", "viewed_form"),
}


class Tally:
    """What became of one message in one interval; tallies of several can be put together."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self._counts: Counter[str] = Counter()
        self._people: dict[str, set[str]] = defaultdict(set)
        self._cents = 0

    def add(self, outcome: Outcome) -> None:
        """Count an outcome."""
        event = outcome.event
        self._counts[outcome.statistic] += 1
        self._people[outcome.statistic].add(event.profile)
        if outcome.statistic == "conversions":
            self._cents += event.cents or 0
        if event.metric == "sms_received":
            self._counts["segments"] += event.properties.get("Segment Count", 1)

    def absorb(self, other: Tally) -> None:
        """Put another tally's counts to these."""
        self._counts.update(other._counts)
        self._cents += other._cents
        for name, people in other._people.items():
            self._people[name] |= people

    def numbers(self) -> dict[str, float]:
        """Everything that is counted and not a rate."""
        count = self._counts
        lost = count["bounced"] + count["failed"]
        segments = count["segments"]
        return {
            **{name: float(count[name]) for name in _COUNTED},
            **{name: float(len(self._people[base])) for name, base in UNIQUE_OF.items()},
            "recipients": float(count["delivered"] + lost),
            "bounced_or_failed": float(lost),
            "conversion_value": self._cents / 100,
            "message_segment_count_sum": float(segments),
            "text_message_credit_usage_amount": float(segments),
            "text_message_spend": segments * _SEGMENT_CENTS / 100,
        }


_COUNTED = (
    "delivered", "bounced", "failed", "opens", "clicks", "spam_complaints", "unsubscribes",
    "conversions",
)  # fmt: skip


def statistics_of(numbers: dict[str, float], wanted: Iterable[str]) -> dict[str, float]:
    """The statistics asked for, of what was counted."""
    return {name: numbers[name] if name in numbers else _rate(numbers, name) for name in wanted}


def _rate(numbers: dict[str, float], name: str) -> float:
    part, whole = _RATES[name]
    return numbers[part] / numbers[whole] if numbers[whole] else 0.0
