"""What the reports must say: messages by the local day they were sent, forms, segments."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.account.habits import (
    FORM_COUNTS,
    form_hours,
    form_versions,
    members_before,
    segment_changes,
)
from sandbox.account.library import version_id
from sandbox.account.performance import UNIQUE_OF, outcomes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sandbox.account.account import Account
    from sandbox.account.performance import Outcome

_COUNTED = (
    "delivered", "bounced", "failed", "opens", "clicks", "spam_complaints", "unsubscribes",
    "conversions",
)  # fmt: skip


@dataclass
class _Numbers:
    counts: Counter[str] = field(default_factory=Counter)
    people: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    cents: int = 0

    def add(self, outcome: Outcome) -> None:
        self.counts[outcome.statistic] += 1
        self.people[outcome.statistic].add(outcome.event.profile)
        if outcome.statistic == "conversions":
            self.cents += outcome.event.cents or 0

    def row(self) -> dict[str, Any]:
        counts = {name: self.counts[name] for name in _COUNTED}
        sent = sum(counts[name] for name in ("delivered", "bounced", "failed"))
        uniques = {name: len(self.people[base]) for name, base in UNIQUE_OF.items()}
        value = Decimal(self.cents).scaleb(-2)
        return {"recipients": sent, **counts, **uniques, "conversion_value": value}


def campaign_values(
    account: Account, first: date | None, last: date | None
) -> list[dict[str, Any]]:
    """A row per campaign message and variation sent on the local days first to last."""
    numbers: dict[tuple[str, str], _Numbers] = defaultdict(_Numbers)
    for outcome in outcomes(account, "order"):
        numbers[outcome.message_id, outcome.variation_id].add(outcome)
    return [
        {
            "campaign_id": campaign.id,
            "campaign_message_id": message.id,
            "variation_id": variation_id,
            "send_channel": message.channel,
            "date": campaign.send.date(),
            **numbers[message.id, variation_id].row(),
        }
        for campaign in account.campaigns
        if campaign.sent_at < account.until and _is_within(campaign.send.date(), first, last)
        for message in campaign.messages
        for variation_id in message.variation_ids
    ]


def _is_within(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


def flow_series(account: Account) -> list[dict[str, Any]]:
    """A row per flow message and local day on which it was sent."""
    numbers: dict[tuple[str, date], _Numbers] = defaultdict(_Numbers)
    for outcome in outcomes(account, "order"):
        numbers[outcome.message_id, outcome.sent.day].add(outcome)
    return [
        {
            "flow_id": flow.id,
            "flow_message_id": message.id,
            "send_channel": message.channel,
            "date": day,
            **numbers[message.id, day].row(),
        }
        for flow in account.flows.values()
        for message in flow.messages
        for day in sorted(day for ident, day in numbers if ident == message.id)
    ]


def form_series(account: Account) -> list[dict[str, Any]]:
    """A row per version of a live form and local day."""
    numbers: dict[tuple[str, str, date], Counter[str]] = defaultdict(Counter)
    for form in account.forms.values():
        for version in form_versions(form):
            for hour, counts in form_hours(account, form, version):
                numbers[form.id, version_id(form, version), hour.date()].update(counts)
    return [
        {
            "form_id": form_id,
            "form_version_id": version,
            "date": day,
            **{name: counts[name] for name in FORM_COUNTS},
        }
        for (form_id, version, day), counts in numbers.items()
    ]


def segment_series(account: Account) -> list[dict[str, Any]]:
    """A row per segment and local day on which it was made or recounted."""
    found = []
    for segment in account.segments.values():
        total = members_before(account, segment)
        for day, added, removed in _by_day(segment_changes(account, segment)):
            total += added - removed
            found.append({
                "segment_id": segment.id,
                "date": day,
                "members_added": added,
                "members_removed": removed,
                "net_members_changed": added - removed,
                "total_members": total,
            })  # fmt: skip
    return found


def _by_day(changes: Iterable[tuple[Any, int, int]]) -> Iterable[tuple[date, int, int]]:
    return ((moment.date(), added, removed) for moment, added, removed in changes)
