"""The numbers that a report may show, worked out from the truth and the daily tables.

It shares nothing with `report/` and with `report_facts`: sums are added up here, and numbers are
written here as people write them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.recomputed import seeds

AMOUNTS = ("revenue", "attributed_revenue", "campaign_revenue", "flow_revenue")
COUNTS = (
    "orders", "attributed_orders", "email_delivered", "sms_delivered", "subscribes",
    "email_unsubscribes",
)  # fmt: skip
EMAIL = """
select
    sum(attributed_revenue) as credited, sum(deliveries) as deliveries,
    sum(human_opened_deliveries) as opened, sum(human_clicked_deliveries) as clicked,
    sum(unsubscribed_deliveries) as left_, sum(complained_deliveries) as complained
from analytics.daily_channel_metrics
where client = %(client)s and channel = 'email' and date_day between %(start)s and %(end)s
"""
CAMPAIGNS = """
select campaign_name, subject, delivered, human_click_rate, attributed_revenue,
    revenue_per_recipient
from analytics.campaign_metrics
where client = %(client)s and sent_day between %(start)s and %(end)s
"""
FLOWS = """
select flow_name,
    sum(delivered) filter (where channel = 'email') as emails,
    sum(delivered) filter (where channel = 'sms') as sms,
    sum(attributed_revenue) as revenue
from analytics.flow_metrics
where client = %(client)s and date_day between %(start)s and %(end)s group by flow_id, flow_name
"""
PROVIDERS = """
select sum(delivered) as delivered,
    sum(bounced)::numeric / (sum(delivered) + sum(bounced)) as bounces,
    sum(complained_deliveries)::numeric / nullif(sum(deliveries), 0) as complaints
from analytics.daily_deliverability
where client = %(client)s and date_day between %(start)s and %(end)s
group by inbox_provider having sum(delivered) > 0
"""
TOUCHES = """
select touch, sum(orders) as orders, sum(revenue) as revenue from analytics.attribution_quality
where client = %(client)s and date_day between %(start)s and %(end)s group by touch
"""
UNUSUAL = """
select unit, actual, expected from analytics.metric_anomalies
where client = %(client)s and date_day between %(start)s and %(end)s
"""
SCORE = """
select score from analytics.client_health where client = %(client)s and date_day = %(end)s
"""


@dataclass
class Numbers:
    """Numbers as they are written in a language; `needed` are those that must be there."""

    language: str
    allowed: set[str] = field(default_factory=set)
    needed: set[str] = field(default_factory=set)

    def add(self, value: Any, places: int, *, is_needed: bool = False) -> None:
        if value is None:
            return
        unit = Decimal(1).scaleb(-places)
        text = f"{abs(Decimal(value)).quantize(unit, ROUND_HALF_UP):,.{places}f}"
        if self.language == "de":
            text = text.translate(str.maketrans(",.", ".,"))
        self.allowed.add(text)
        if is_needed:
            self.needed.add(text)

    def compare(self, now: Any, before: Any, places: int, *, is_rate: bool = False) -> None:
        """A number, that of the period before, and the change; to six places as in the tables."""
        scale = 100 if is_rate else 1
        now, before = (None if one is None else _six(one) for one in (now, before))
        self.add(None if now is None else now * scale, places, is_needed=True)
        self.add(None if before is None else before * scale, places)
        if None in (now, before):
            return
        self.add((now - before) * scale, places)
        if before and not is_rate:
            self.add((now - before) / before * 100, 1)


def _six(value: Any) -> Decimal:
    """As the tables have it."""
    return Decimal(value).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def numbers(ask: Any, truth: Any, client: str, period: Any, language: str) -> Numbers:
    """Every number that the report of a client and period may show."""
    found = Numbers(language)
    span = {"client": client, "start": period.start, "end": period.end}
    days = truth.daily_client_metrics(client)
    now, before = (_sums(ask, days, client, one) for one in (period, period.previous))
    for name in (*AMOUNTS, "per_email"):
        found.compare(now.get(name), before.get(name), 2)
    for name in COUNTS:
        found.compare(now[name], before.get(name), 0)
    for name in ("share", "opened", "clicked", "left_", "complained", "bounces"):
        found.compare(now.get(name), before.get(name), 2, is_rate=True)
    for row in seeds.rows("health_parts"):
        found.add(Decimal(row["healthy"]) * 100, 2)
    _history(found, ask, days, client, period)
    _rows(found, ask, span, period)
    return found


def _sums(ask: Any, days: list[Any], client: str, period: Any) -> dict[str, Any]:
    """Sums of the truth, and rates of the daily tables; nothing unless every day is there."""
    rows = [row for row in days if period.start <= row["date_day"] <= period.end]
    if len(rows) != (period.end - period.start).days + 1:
        return {}
    found = {name: sum(row[name] for row in rows) for name in (*AMOUNTS, *COUNTS, "email_bounced")}
    (email,) = ask(EMAIL, client=client, start=period.start, end=period.end)
    shares = {name: email[name] / email["deliveries"]
              for name in ("opened", "clicked", "left_", "complained")}  # fmt: skip
    sent = found["email_delivered"] + found["email_bounced"]
    return found | shares | {
        "share": found["attributed_revenue"] / found["revenue"],
        "per_email": email["credited"] / found["email_delivered"],
        "bounces": Decimal(found["email_bounced"]) / sent,
    }  # fmt: skip


def _history(found: Numbers, ask: Any, days: list[Any], client: str, period: Any) -> None:
    for _ in range(13):
        sums = _sums(ask, days, client, period)
        found.add(sums.get("attributed_revenue"), 0)
        found.add(sums.get("subscribes"), 0)
        found.add(sums.get("email_unsubscribes"), 0)
        period = period.previous


def _rows(found: Numbers, ask: Any, span: dict[str, Any], period: Any) -> None:
    sent = ask(CAMPAIGNS, **span)
    found.add(len(sent), 0)
    for row in sent:
        found.add(row["delivered"], 0)
        found.add(row["human_click_rate"] and row["human_click_rate"] * 100, 2)
        found.add(row["attributed_revenue"], 2)
        found.add(row["revenue_per_recipient"], 2)
    before = {**span, "start": period.previous.start, "end": period.previous.end}
    for row in (*ask(FLOWS, **span), *ask(FLOWS, **before)):
        found.add(row["emails"] or 0, 0)
        found.add(row["sms"] or 0, 0)
        found.add((row["emails"] or 0) + (row["sms"] or 0), 0)
        found.add(row["revenue"] or 0, 2)
    for row in ask(PROVIDERS, **span):
        found.add(row["delivered"], 0)
        found.add(row["bounces"] * 100, 2)
        found.add(row["complaints"] and row["complaints"] * 100, 2)
    _judged(found, ask, span)


def _judged(found: Numbers, ask: Any, span: dict[str, Any]) -> None:
    touches = ask(TOUCHES, **span)
    for row in touches:
        found.add(row["orders"], 0)
        found.add(row["revenue"], 2)
        found.add(row["revenue"] / sum(one["revenue"] for one in touches) * 100, 1)
    for row in ask(UNUSUAL, **span):
        for name in ("actual", "expected"):
            is_rate = row["unit"] == "ratio"
            found.add(row[name] * (100 if is_rate else 1), 0 if row["unit"] == "count" else 2)
    for row in ask(SCORE, **span):
        found.add(row["score"], 0)
        found.add(100, 0)


MONTHS = (
    r"\b(?:Jan(?:uary?)?|Feb(?:ruary?)?|Mar(?:ch)?|März?|Apr(?:il)?|May|Mai|June?|Juni|July?|Juli|"
    r"Aug(?:ust)?|Sept?(?:ember)?|O[ck]t(?:ober)?|Nov(?:ember)?|De[cz](?:ember)?)\b\.?"
)
TO = r"\s*\u2013\s*"
DATES = re.compile(
    rf"{MONTHS} \d{{1,2}}{TO}\d{{1,2}}, \d{{4}}|\d{{1,2}}\.?{TO}\d{{1,2}}\.? {MONTHS} \d{{4}}|"
    rf"\d{{1,2}}\.? {MONTHS}(?: \d{{4}})?|{MONTHS} \d{{1,2}}(?:, \d{{4}})?(?!\d)|{MONTHS} \d{{4}}"
)
NUMBER = re.compile(r"\d(?:[\d.,]*\d)?")


def written(text: str, names: list[str]) -> list[str]:
    """The numbers in a text, without page numbers, dates, and the names of things."""
    text = re.sub(r"(?m)^\d+ / \d+", "", text)
    text = " ".join(text.split())
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(" ".join(name.split()), "")
    return NUMBER.findall(DATES.sub("", text))
