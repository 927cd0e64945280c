"""Recomputes `report_facts`: a client's numbers by week and month, and why they changed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.recomputed import daily, seeds
from tests.recomputed.brand import DAY
from tests.recomputed.health import _wilson
from tests.recomputed.numbers import rate, rounded, total

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.recomputed.things import Things

Row = dict[str, Any]
Key = tuple[str, date]
LABELS = {
    "revenue": "Store revenue", "orders": "Orders", "attributed_revenue": "Attributed revenue",
    "attributed_share": "Share of store revenue", "attributed_orders": "Attributed orders",
    "campaign_revenue": "Attributed to campaigns", "flow_revenue": "Attributed to flows",
    "email_delivered": "Emails delivered", "email_revenue_per_recipient": "Revenue per email",
    "human_open_rate": "Open rate", "human_click_rate": "Click rate", "bounce_rate": "Bounce rate",
    "unsubscribe_rate": "Unsubscribe rate", "spam_complaint_rate": "Spam complaint rate",
    "sms_delivered": "SMS delivered", "subscribes": "New subscribers",
    "email_unsubscribes": "Email unsubscribes",
}  # fmt: skip
SHARES = {
    "human_open_rate": ("human_opened_deliveries", "open"),
    "human_click_rate": ("human_clicked_deliveries", "click"),
    "unsubscribe_rate": ("unsubscribed_deliveries", "unsubscribe"),
    "spam_complaint_rate": ("complained_deliveries", "spam"),
}
WORSE = {"bounce_rate", "unsubscribe_rate", "spam_complaint_rate", "email_unsubscribes"}
UNDECIDED = {"email_delivered", "sms_delivered"}
AMOUNTS = {"revenue", "attributed_revenue", "campaign_revenue", "flow_revenue"}
WORDS = {
    "campaigns": "mostly campaigns ({})", "flows": "mostly flows ({})",
    "orders": "mostly the number of orders ({})",
    "amount_per_order": "mostly the amount per order (orders: {})",
    "attributed_revenue": "mostly attributed revenue ({})",
    "revenue": "mostly store revenue ({})", "healthy": "healthy (bound: {})",
    "attention": "needs attention (healthy bound: {})", "poor": "poor (healthy bound: {})",
}  # fmt: skip


def facts(things: Things) -> Iterator[Row]:
    """One row per period that is over and number."""
    sums = dict(_periods(things))
    for key, whole in sums.items():
        before = sums.get(_earlier(key), {})
        last_year = sums.get(_last_year(key), {})
        for rank, (kpi, label) in enumerate(LABELS.items(), 1):
            row = _fact(kpi, whole, before, last_year)
            words = _sentence(label, row, key[0], whole["currency"])
            yield {
                "client": things.brand.client, "period": key[0], "period_start": key[1],
                "period_end": whole["end"], "rank": rank, "kpi": kpi,
                "is_complete": whole["is_complete"], "is_settled": whole["is_settled"], **row,
                "sentence": words if row["value"] is not None else None,
            }  # fmt: skip


def _end(key: Key) -> date:
    kind, start = key
    return start + 6 * DAY if kind == "week" else (start + 31 * DAY).replace(day=1) - DAY


def _earlier(key: Key) -> Key:
    kind, start = key
    return kind, start - 7 * DAY if kind == "week" else (start - DAY).replace(day=1)


def _last_year(key: Key) -> Key:
    kind, start = key
    return kind, start - 364 * DAY if kind == "week" else start.replace(year=start.year - 1)


def _periods(things: Things) -> Iterator[tuple[Key, Row]]:
    clients = {row["date_day"]: row for row in daily.clients(things)}
    emails = {row["date_day"]: row for row in daily.channels(things) if row["channel"] == "email"}
    found: dict[Key, list[date]] = defaultdict(list)
    for day in clients:
        found["week", day - day.weekday() * DAY].append(day)
        found["month", day.replace(day=1)].append(day)
    for key, days in found.items():
        end = _end(key)
        rows = [clients[day] for day in days]
        if len(days) == (end - key[1]).days + 1 and all(row["is_over"] for row in rows):
            yield key, _sums(rows, [emails.get(day, {}) for day in days]) | {"end": end}


def _sums(rows: list[Row], emails: list[Row]) -> Row:
    """The numbers of a period by name, and the deliveries of email."""
    is_complete = all(row["is_whole"] for row in rows)
    currencies = {row["currency"] for row in rows}
    currency = currencies.pop() if len(currencies) == 1 else None

    def of(rows: list[Row], column: str, *, is_amount: bool = False) -> Any:
        if not is_complete or (is_amount and currency is None):
            return None
        return total(row.get(column) for row in rows)

    found = {kpi: of(rows, kpi, is_amount=kpi in AMOUNTS) for kpi in LABELS if kpi in rows[0]}
    delivered, bounced = found["email_delivered"], of(rows, "email_bounced")
    deliveries = of(emails, "deliveries")
    found |= {kpi: rate(of(emails, part), deliveries) for kpi, (part, _) in SHARES.items()}
    credited = of(emails, "attributed_revenue", is_amount=True)
    return found | {
        "email_revenue_per_recipient": rate(credited, delivered),
        "bounce_rate": rate(bounced, total([delivered, bounced])),
        "attributed_share": rate(found["attributed_revenue"], found["revenue"]),
        "deliveries": deliveries, "currency": currency, "is_complete": is_complete,
        "is_settled": all(row["is_settled"] for row in rows),
    }  # fmt: skip


def _unit(kpi: str) -> str:
    if kpi.endswith(("_rate", "_share")):
        return "ratio"
    return "money" if "revenue" in kpi else "count"


def _fact(kpi: str, now: Row, before: Row, last_year: Row) -> Row:
    unit = _unit(kpi)

    def comparable(other: Row) -> Any:
        same = unit != "money" or (now["currency"] and other.get("currency") == now["currency"])
        return rounded(other.get(kpi), 6) if same else None

    value, previous = rounded(now[kpi], 6), comparable(before)
    reason, reason_value = _verdict(kpi, value, now["deliveries"]) or _reason(kpi, now, before)
    change = None if None in (value, previous) else rate(value - previous, abs(previous))
    return {
        "unit": unit, "currency": now["currency"] if unit == "money" else None, "value": value,
        "previous": previous, "year_ago": comparable(last_year), "change": change,
        "is_higher_better": None if kpi in UNDECIDED else kpi not in WORSE,
        "reason": reason, "reason_value": reason_value,
    }  # fmt: skip


def _verdict(kpi: str, value: Any, deliveries: Any) -> tuple[str | None, Any] | None:
    part = "bounce" if kpi == "bounce_rate" else SHARES.get(kpi, ("", ""))[1]
    if not part or value is None:
        return None
    (seed,) = (row for row in seeds.rows("health_parts") if row["part"] == part)
    judged = Fraction(value)
    if part == "spam":
        judged = Fraction(_wilson(float(value), deliveries))
    sign = 1 if seed["is_higher_better"] == "true" else -1
    bounds = {"healthy": Fraction(seed["healthy"]), "attention": Fraction(seed["attention"])}
    found = (name for name, bound in bounds.items() if sign * (judged - bound) >= 0)
    return next(found, "poor"), rounded(bounds["healthy"], 6)


def _reason(kpi: str, now: Row, before: Row) -> tuple[str | None, Any]:
    names = {
        "attributed_revenue": ("campaign_revenue", "flow_revenue"),
        "revenue": ("revenue", "orders"),
        "attributed_share": ("attributed_revenue", "revenue"),
    }.get(kpi, ())
    pairs = [(now.get(one), before.get(one)) for one in (kpi, *names)]
    is_known = names and now["currency"] and before.get("currency") == now["currency"]
    if not is_known or any(None in pair for pair in pairs) or now[kpi] == before[kpi]:
        return None, None
    changes = [Fraction(one) - Fraction(other) for one, other in pairs]
    if kpi == "attributed_revenue":
        sign = 1 if changes[0] > 0 else -1
        is_campaigns = sign * changes[1] >= sign * changes[2]
        return (
            ("campaigns", rounded(changes[1], 6))
            if is_campaigns
            else ("flows", rounded(changes[2], 6))
        )
    return _factor(kpi, [tuple(map(Fraction, pair)) for pair in pairs[1:]])


def _factor(kpi: str, pairs: list[Any]) -> tuple[str | None, Any]:
    """The factor that explains half of the change, at the mean of the other one."""
    (a1, a0), (b1, b0) = pairs
    if kpi == "revenue":
        if not b1 or not b0:
            return None, None
        explained = (b1 - b0) * (a1 / b1 + a0 / b0) / 2
        is_orders = 2 * explained * (1 if a1 > a0 else -1) >= abs(a1 - a0)
        return "orders" if is_orders else "amount_per_order", rounded(b1 - b0, 6)
    if b1 <= 0 or b0 <= 0 or a1 / b1 == a0 / b0:
        return None, None
    change = a1 / b1 - a0 / b0
    explained = (a1 - a0) * (1 / b1 + 1 / b0) / 2
    if 2 * explained * (1 if change > 0 else -1) >= abs(change):
        return "attributed_revenue", rounded(a1 - a0, 6)
    return "revenue", rounded(b1 - b0, 6)


def _number(value: Any, unit: str, currency: str | None, sign: str = "") -> str:
    if unit == "ratio":
        return f"{rounded(value * 100, 2):{sign},.2f}%"
    if unit == "money":
        return f"{rounded(value, 2):{sign},.2f} {currency}"
    return f"{rounded(value, 0):{sign},.0f}"


def _sentence(label: str, row: Row, kind: str, currency: str | None) -> str:
    value, previous, unit = row["value"], row["previous"], row["unit"]
    if value is None:
        return ""
    said = f"{label}: {_number(value, unit, currency)}"
    if previous is None:
        said += f", nothing to compare with in the {kind} before"
    elif value == previous:
        said += f", as in the {kind} before"
    else:
        if unit == "ratio":
            size = f" {rounded(abs(value - previous) * 100, 2):,.2f} points"
        else:
            size = "" if row["change"] is None else f" {rounded(abs(row['change']) * 100, 1):,.1f}%"
        direction = "up" if value > previous else "down"
        other = _number(previous, unit, currency)
        said += f", {direction}{size} from {other} in the {kind} before"
    return f"{said}{_because(row, currency)}."


def _because(row: Row, currency: str | None) -> str:
    reason, value = row["reason"], row["reason_value"]
    if reason is None:
        return ""
    if reason in ("orders", "amount_per_order"):
        shown = _number(value, "count", None, "+")
    elif reason in ("healthy", "attention", "poor"):
        shown = _number(value, "ratio", None)
    else:
        shown = _number(value, "money", currency, "+")
    return f"; {WORDS[reason].format(shown)}"
