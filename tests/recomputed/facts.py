"""Which days are known of a brand, and what its metrics count on them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tests.recomputed import seeds
from tests.recomputed.brand import DAY, Answer, Brand, Group

if TYPE_CHECKING:
    from collections.abc import Callable

SETTLES_AFTER = 10
# What the client's own table shows.
HEADLINES = {
    "email_delivered", "email_opened", "email_clicked", "email_bounced", "email_marked_as_spam",
    "email_unsubscribed", "email_subscribed", "sms_delivered", "sms_clicked", "sms_subscribed",
    "revenue", "refund",
}  # fmt: skip
MAPPED_ROLES = {"refunded_sales": "refund", "cancelled_sales": "refund"}


class Facts:
    """A brand with what follows from it for every table."""

    def __init__(self, brand: Brand) -> None:
        """Take a brand as it was read."""
        self.brand = brand
        self._memory: dict[Any, Any] = {}
        totals = {key: days for key, days in brand.answers.items() if key[1] == "total"}
        answered = [(day, answer) for days in totals.values() for day, answer in days.items()]
        self.last_day = max(day for day, _ in answered)
        counted = [day for day, answer in answered if any(g.count for g in answer.groups)]
        self.first_day = min(counted)
        self.read_until = brand.until[max(answer.phase for _, answer in answered) - 1]
        days = (self.last_day - self.first_day).days
        self.days = [self.first_day + number * DAY for number in range(days + 1)]

    def remembered(self, name: str, key: Any, find: Callable[[], Any]) -> Any:
        if (name, key) not in self._memory:
            self._memory[name, key] = find()
        return self._memory[name, key]

    def is_over(self, day: date) -> bool:
        """Whether the local day was over when the account was last read."""
        return self.brand.midnight(day + DAY) <= self.read_until

    def is_settled(self, day: date) -> bool:
        """Whether ten local days have been read since."""
        return (self.brand.day(self.read_until) - day).days >= SETTLES_AFTER

    @cached_property
    def role_of(self) -> dict[str, str]:
        """What each metric means; a mapping goes before a name."""
        found = {}
        for ident, known in self.brand.metrics.items():
            row = seeds.roles_by_name().get(known.name.lower())
            if known.key == "klaviyo" and row:
                found[ident] = row["role"]
        for mapping, ident in self.brand.mapped.items():
            found[ident] = MAPPED_ROLES.get(mapping, mapping)
        return found

    @cached_property
    def metrics_of(self) -> dict[str, list[str]]:
        """The metrics of each role."""
        found: dict[str, list[str]] = defaultdict(list)
        for ident, role in self.role_of.items():
            found[role].append(ident)
        return dict(found)

    def channel_of(self, metric: str) -> str | None:
        """The channel of a metric that is known by its name."""

        def find() -> str | None:
            row = seeds.roles_by_name().get(self.brand.metrics[metric].name.lower())
            is_named = metric in self.role_of and metric not in self.brand.mapped.values()
            return (row["channel"] or None) if is_named and row else None

        found: str | None = self.remembered("channel", metric, find)
        return found

    def action_of(self, metric: str) -> str | None:
        """What a metric counts, whatever the channel."""

        def find() -> str | None:
            channel = self.channel_of(metric)
            return seeds.action_of(self.role_of[metric], channel) if channel else None

        found: str | None = self.remembered("action", metric, find)
        return found

    def answer(self, metric: str, breakdown: str, day: date) -> Answer | None:
        """What Klaviyo says of a day, if it was read: to its end, or it is the last one."""
        found = self.brand.answers.get((metric, breakdown), {}).get(day)
        return found if found and (found.is_whole or day == self.last_day) else None

    def groups(self, metric: str, breakdown: str, day: date) -> list[Group] | None:
        """The groups of that; none if it was not read."""
        found = self.answer(metric, breakdown, day)
        return found.groups if found else None

    def count(self, metric: str, day: date) -> int | None:
        """Number of events by Klaviyo's total."""

        def find() -> int | None:
            found = self.groups(metric, "total", day)
            return None if found is None else sum(group.count for group in found)

        known: int | None = self.remembered("count", (metric, day), find)
        return known

    def is_events_day(self, day: date) -> bool:
        """Whether the day's events are all loaded; of the last day, those up to the reading."""
        if not self.brand.event_spans:
            return False
        begin = min(span[0] for span in self.brand.event_spans)
        end = max(span[1] for span in self.brand.event_spans)
        until: datetime = self.brand.midnight(day if day == self.last_day else day + DAY)
        return begin <= self.brand.midnight(day) and until <= end

    def is_fallback(self, metric: str) -> bool:
        """Whether it stands in for another one."""
        row = seeds.roles_by_name().get(self.brand.metrics[metric].name.lower(), {})
        return row.get("is_fallback") == "true"

    @cached_property
    def _takeover(self) -> dict[str, date]:
        """Since when a role has the real thing, and not what stands in for it."""
        found: dict[str, date] = {}
        for role, metrics in self.metrics_of.items():
            real = [one for one in metrics if not self.is_fallback(one)]
            days = [day for day in self.days for one in real if self.count(one, day)]
            found[role] = min(days, default=date.max)
        return found

    def counting(self, role: str, day: date) -> list[str]:
        """The metrics that count for a role on a day."""
        until = self._takeover.get(role, date.max)
        metrics = self.metrics_of.get(role, [])
        return [one for one in metrics if not self.is_fallback(one) or day < until]

    def role_count(self, role: str, day: date) -> int | None:
        """Number of events of a role: its metrics added up; 0 or unknown where there is none."""
        metrics = self.counting(role, day)
        if role in self.unknown_roles:
            return None
        if not metrics:
            return None if role in ("revenue", "refund") else 0
        counts = [self.count(one, day) for one in metrics]
        return None if None in counts else sum(count or 0 for count in counts)

    def role_people(self, role: str, day: date) -> int | None:
        """People of a role; who is in two metrics is unknown."""
        count = self.role_count(role, day)
        if not count:
            return count
        groups = [self.groups(one, "total", day) or [] for one in self.counting(role, day)]
        people = [group.people for found in groups for group in found if group.count]
        return people[0] if len(people) == 1 else None

    @cached_property
    def unknown_roles(self) -> set[str]:
        """Roles without a metric that the account must have (see `coverage.py`)."""
        from tests.recomputed.coverage import unknown_roles  # noqa: PLC0415 - it needs these facts

        return unknown_roles(self)
