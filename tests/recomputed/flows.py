"""Recomputes `flow_health` from the document."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import sqrt
from typing import TYPE_CHECKING, Any

from tests.recomputed import seeds
from tests.recomputed.brand import DAY
from tests.recomputed.flow_days import Day, Silence, dispersion
from tests.recomputed.numbers import money

if TYPE_CHECKING:
    from datetime import date

    from tests.recomputed.messages import Messages

HISTORY, MISSED, LEFT, SCORE, STARTED = 180, 8, Fraction("0.6"), 4, 20
SPANS = (28, 7, 3)
MONTH = 28
SHOP = ("viewed_product", "added_to_cart", "started_checkout", "revenue")
Row = dict[str, Any]


class Flows:
    """The one flow of a brand."""

    def __init__(self, messages: Messages) -> None:
        """Take what its messages did."""
        self.messages, self.things = messages, messages.things
        self.brand, self.facts = messages.brand, messages.facts
        self.plan = self.brand.flow_plan

    @property
    def last_day(self) -> date:
        """The last day that is over."""
        return self._days[-1].day

    def rows(self) -> list[Row]:
        """Its row; none while no day is known."""
        days = [one.day for one in self._days if one.delivered is not None]
        return [self._row(days[-1])] if days and self.last_day - days[-1] < MONTH * DAY else []

    def _row(self, last: date) -> Row:
        started = self._silence("triggers", last)
        sent = self._silence("delivered", last)
        verdict, since, stake, reason = self._verdict(started, sent, last)
        recent = [one for one in self._days if one.day > self.last_day - MONTH * DAY]
        plan = self.plan
        return {
            "client": self.brand.client, "flow_id": "flow", "flow_name": "Flow",
            "flow_status": plan.status, "stage": self._stage(), "trigger_kind": plan.kind,
            "trigger_metric": self._metric_name(), "date_day": last, "verdict": verdict,
            "since_day": since, "reason": reason,
            "triggers_28_days": started.last_month if started else None,
            "delivered_28_days": sent.last_month if sent else None,
            "currency": self.brand.currency(last),
            "revenue_28_days": money(sum(one.revenue for one in recent)),
            "value_at_stake": None if stake is None else money(_decimal(stake)),
        }  # fmt: skip

    def _metric_name(self) -> str | None:
        known = self.brand.metrics.get(self.plan.trigger) if self.plan.kind == "metric" else None
        return known.name if known else None

    def _stage(self) -> str | None:
        words = self.plan.kind or ""
        if self.plan.kind == "metric":
            role = self.facts.role_of.get(self.plan.trigger, "")
            words = f"{role} {(self._metric_name() or '').lower()}".strip()
        rows = sorted(seeds.rows("lifecycle_stages"), key=lambda row: int(row["precedence"]))
        found = [
            row["stage"] for row in rows
            if row["trigger_pattern"] and words and re.search(row["trigger_pattern"], words)
        ]  # fmt: skip
        return found[0] if found else None  # "Flow" names no stage

    @cached_property
    def _days(self) -> list[Day]:
        days = [day for day in self.facts.days if self.facts.is_over(day)]
        return [self._day(day) for day in days if day > days[-1] - HISTORY * DAY]

    def _day(self, day: date) -> Day:
        rows = self._sent.get(day, [])
        delivered = 0 if self.facts.role_count("email_delivered", day) is not None else None
        if rows:
            counts = [row["delivered"] for row in rows]
            delivered = None if None in counts else sum(counts)
        triggers, of_shop = self._triggers(day)
        return Day(
            day, triggers, delivered,
            sum(row["clicks"] or 0 for row in rows),
            sum(row["delivered"] or 0 for row in rows if row["clicks"] is not None),
            sum((row["attributed_revenue"] or 0 for row in rows), Decimal()),
            max(0, self._shop(day) - of_shop),
        )  # fmt: skip

    @cached_property
    def _sent(self) -> dict[date, list[Row]]:
        found: dict[date, list[Row]] = {}
        for row in self.messages.flows():
            found.setdefault(row["date_day"], []).append(row)
        return found

    def _triggers(self, day: date) -> tuple[int | None, int]:
        """How often it was started, and how much of that the shop's numbers count."""
        if self.plan.kind == "list":
            count = self.facts.role_count("email_subscribed", day)
            return count, count or 0
        if self.plan.kind != "metric" or self.plan.trigger not in self.brand.metrics:
            return None, 0
        count = self.facts.count(self.plan.trigger, day)
        is_of_shop = self.facts.role_of.get(self.plan.trigger) in SHOP
        return count, (count or 0) if is_of_shop else 0

    def _shop(self, day: date) -> int:
        metrics = [one for role in SHOP for one in self.facts.metrics_of.get(role, [])]
        counts = [self.facts.count(one, day) for one in metrics]
        return sum(filter(None, [*counts, self.facts.role_count("email_subscribed", day)]))

    def _silence(self, series: str, last: date) -> Silence | None:
        """Of triggers or deliveries; none if the day itself is not known."""
        known = [one for one in self._days if getattr(one, series) is not None]
        rows = [one for one in known if one.day <= last]
        if not rows or rows[-1].day != last:
            return None
        things = [getattr(one, series) for one in rows]
        month = sum(things[-MONTH:])
        active = max((n for n, count in enumerate(things) if count), default=None)
        if active is None:
            return Silence(None, Fraction(), len(rows), month, Decimal())
        before, since = rows[max(0, active - MONTH + 1) : active + 1], rows[active + 1 :]
        usual = Fraction(sum(getattr(one, series) for one in before), len(before))
        others = Fraction(sum(_others(one, series) for one in before), len(before)) * len(since)
        left = Fraction(sum(_others(one, series) for one in since)) / others if others else 1
        revenue = sum((one.revenue for one in before), Decimal())
        return Silence(
            rows[active].day, usual * len(since) * min(1, left), len(since), month, revenue
        )

    def _verdict(
        self, started: Silence | None, sent: Silence | None, last: date
    ) -> tuple[str, date | None, Any, str | None]:
        """Verdict, since when, what is at stake, and why."""
        assert sent
        plan, changed = self.plan, self.plan.changed_on(self.brand)
        gone = sent.active and changed >= sent.active and sent.active >= last - 35 * DAY
        if plan.status != "live":
            if gone and sent.active and sent.silent_days:
                why = f"Its status is {plan.status}; it last sent on {sent.active}."
                return "flow_silent", sent.active + DAY, sent.revenue, why
            return "off", None, None, f"Its status is {plan.status}."
        if started and started.active and started.missed >= MISSED:
            name = self._metric_name() or "new subscriber"
            why = f"No {name} since {started.active}."
            return "trigger_silent", started.active + DAY, started.revenue, why
        drafts = [one for one in plan.statuses if one in ("draft", "manual")]
        if drafts and changed <= last:
            why = f"{len(drafts)} of its {len(plan.statuses)} messages do not send by themselves."
            share = Fraction(len(drafts), len(plan.statuses))
            stake = share * Fraction(sent.revenue) if sent.active else None
            return "message_draft", changed, stake, why
        return self._silent(started, sent, last) or self._decay(last, is_sent=bool(sent.active))

    def _silent(
        self, started: Silence | None, sent: Silence, last: date
    ) -> tuple[str, date | None, Any, str | None] | None:
        plan, changed = self.plan, self.plan.changed_on(self.brand)
        if sent.active and sent.missed >= MISSED:
            since = sent.active + DAY
            if plan.has_filter and -1 <= (changed - sent.active).days <= 3:
                why = f"Its filters let nothing through since it was changed on {changed}."
                return "no_one_qualifies", since, sent.revenue, why
            why = f"Live and started as usual, but it last sent on {sent.active}."
            return "flow_silent", since, sent.revenue, why
        times = started.last_month if started else 0
        is_old = changed <= last - timedelta(days=14)
        if not sent.active and plan.has_filter and is_old and times >= STARTED:
            why = f"Started {times} times in 28 days, and its filters let nothing through."
            return "no_one_qualifies", None, None, why
        return None

    def _decay(self, last: date, *, is_sent: bool) -> tuple[str, date | None, Any, str | None]:
        for span in SPANS:
            now = self._between(last, span, 0)
            before = self._between(last, 84, span)
            sizes = [sum(one.clickable for one in days) for days in (now, before)]
            if not sizes[1]:
                continue
            clicks = sum(one.clicks for one in now)
            share = Fraction(sizes[0], sizes[1])
            expected = share * sum(one.clicks for one in before)
            score = 2 * (sqrt(clicks + 0.375) - sqrt(expected + Fraction("0.375")))
            spread = sqrt(dispersion(before) * (1 + share))
            if clicks <= LEFT * expected and score <= -SCORE * spread and expected:
                lost = 1 - clicks / expected
                month = self._between(last, MONTH, span)
                stake = lost * Fraction(sum((one.revenue for one in month), Decimal()))
                percent = int(100 * lost + Fraction(1, 2))
                why = f"As many messages bring {percent} % fewer clicks than before."
                return "decaying", last - (span - 1) * DAY, stake, why
        if not is_sent:
            why = "It has not sent anything in the days that are known."
            return "unknown", None, None, why
        return "ok", None, None, None

    def _between(self, last: date, days: int, before: int) -> list[Day]:
        """So many days, the latest of them so many days before the last."""
        end = last - before * DAY
        known = [one for one in self._days if one.delivered is not None]
        return [one for one in known if end - days * DAY < one.day <= end]


def _others(one: Day, series: str) -> int:
    if series == "triggers" or one.triggers is None:
        return one.others
    return one.triggers


def _decimal(value: Any) -> Decimal:
    exact = Fraction(value)
    return Decimal(exact.numerator) / Decimal(exact.denominator)
