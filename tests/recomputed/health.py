"""Recomputes `client_health` and `portfolio_daily`."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from typing import TYPE_CHECKING, Any

from tests.recomputed import seeds
from tests.recomputed.brand import DAY
from tests.recomputed.daily import exchange
from tests.recomputed.numbers import rounded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tests.recomputed.windows import Windows

Row = dict[str, Any]
BANDS = ((90, "excellent"), (75, "good"), (50, "fair"), (0, "poor"))
# The document says 1,000 deliveries; the tests build with fewer, or invented brands had no score.
FEWEST, SHORTEST, LIGHTEST = 100, 14, 50
RATES = {
    "spam": "spam_complaint_rate", "bounce": "bounce_rate", "click": "human_click_rate",
    "unsubscribe": "unsubscribe_rate", "open": "human_open_rate",
}  # fmt: skip


def health(windows: Windows) -> dict[date, Row]:
    """One row per local day of a client that uses email."""
    rows = {
        day: _judged(window)
        for (channel, length, day), window in windows.rows.items()
        if (channel, length) == ("email", 28)
    }
    for day, row in rows.items():
        before = rows.get(day - 7 * DAY)
        row["score_7_days_ago"] = before["score"] if before else None
    return rows


def _judged(window: Row) -> Row:
    is_judged = window["days_known"] >= SHORTEST and (window["delivered"] or 0) >= FEWEST
    parts = _parts(window) if is_judged else {}
    known = {name: part for name, part in parts.items() if part["score"] is not None}
    weight = sum(part["weight"] for part in known.values())
    score = None
    if known and weight >= LIGHTEST:
        points = sum(Fraction(part["score"]) * part["weight"] for part in known.values())
        score = rounded(points / weight, 1)
    caps = [part["cap"] for part in parts.values() if part["cap"] is not None]
    cap = min(caps, default=None)
    final = None
    if score is not None:
        final = min(int(rounded(score, 0) or 0), cap if cap is not None else 100)
    return {
        "date_day": window["date_day"], "client": window["client"], "score": final,
        "band": next((name for least, name in BANDS if final is not None and final >= least),
                     "unscored"),
        "reason": _reason(parts, is_judged=is_judged, score=final),
        "delivered_28d": window["delivered"], "spam_complaint_rate": window["spam_complaint_rate"],
        "bounce_rate": window["bounce_rate"], "click_rate": window["human_click_rate"],
        "unsubscribe_rate": window["unsubscribe_rate"],
        "human_open_rate": window["human_open_rate"],
        **{f"{name}_score": parts[name]["score"] if name in parts else None for name in RATES},
        "score_before_caps": score, "cap": cap, "weights_version": "1",
        "is_settled": window["is_settled"], "days_known": window["days_known"],
    }  # fmt: skip


def _parts(window: Row) -> dict[str, Row]:
    found = {}
    for seed in seeds.rows("health_parts"):
        name = seed["part"]
        shown = judged = window[RATES[name]]
        if name == "spam" and judged is not None:
            judged = _wilson(float(judged), window["deliveries"])
        caps = [
            int(one["cap"]) for one in seeds.rows("health_caps")
            if one["part"] == name and judged is not None
            and Fraction(judged) >= Fraction(one["from_rate"])
        ]  # fmt: skip
        found[name] = {
            "rate": shown, "score": _score(seed, judged), "weight": int(seed["weight"]),
            "cap": min(caps, default=None), "seed": seed,
        }  # fmt: skip
    return found


def _wilson(rate: float, trials: int) -> float:
    z = 1.96
    spread = z * sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    return max(0.0, (rate + z * z / (2 * trials) - spread) / (1 + z * z / trials))


def _score(seed: Row, judged: Any) -> Decimal | None:
    """100 at the healthy bound, 50 at the other, 0 at twice that (half of it)."""
    if judged is None:
        return None
    value = Fraction(judged)
    healthy, attention = Fraction(seed["healthy"]), Fraction(seed["attention"])
    worst = attention / 2 if seed["is_higher_better"] == "true" else 2 * attention
    if (value - attention) * (healthy - attention) >= 0:
        points = 50 + 50 * (value - attention) / (healthy - attention)
    else:
        points = 50 * (value - worst) / (attention - worst)
    return rounded(max(Fraction(0), min(Fraction(100), points)), 1)


def _reason(parts: dict[str, Row], *, is_judged: bool, score: int | None) -> str:
    if not is_judged:
        return "Not enough e-mail in the last 28 days to judge."
    if score is None:
        return (
            "Too little is known of the last 28 days to judge: "
            "single events are not loaded for all of them."
        )
    weak = [
        part for part in parts.values()
        if part["cap"] is not None or (part["score"] is not None and part["score"] < 90)
    ]  # fmt: skip
    weak.sort(key=lambda part: -(100 - part["score"]) * part["weight"])
    words = "; ".join(map(_weakness, weak))
    if not weak:
        return "Every part is healthy."
    return f"Excellent, but for {words}." if score >= 90 else f"Lowered by {words}."


def _weakness(part: Row) -> str:
    bound = "from" if part["seed"]["is_higher_better"] == "true" else "up to"
    healthy = (Decimal(part["seed"]["healthy"]) * 100).normalize()
    held = f", holds the score at {part['cap']} at most" if part["cap"] is not None else ""
    share = rounded(Fraction(part["rate"]) * 100, 2)
    return f"{part['seed']['label']} {share}% (healthy {bound} {healthy:f}%){held}"


KPIS = {
    "delivered": ("delivered", None), "open_rate": ("opened_deliveries", "deliveries"),
    "click_rate": ("clicked_deliveries", "clickable_deliveries"),
    "bounce_rate": ("bounced", "sent"),
    "spam_complaint_rate": ("complained_deliveries", "deliveries"),
    "unsubscribe_rate": ("unsubscribed_deliveries", "unsubscribable_deliveries"),
    "bot_click_share": ("bot_clicks", "clicks"),
    "revenue_per_recipient": ("attributed_revenue", "delivered"),
    "subscribes": ("subscribes", None),
    "orders": ("orders", None), "revenue": ("revenue", None),
    "attributed_revenue": ("attributed_revenue", None),
    "attributed_share": ("attributed_revenue", "revenue"),
}  # fmt: skip


def portfolio(all_windows: list[Windows]) -> Iterator[Row]:
    """One row per day and KPI, over all clients whose 28 days are complete."""
    ends = [max(day for day in one.facts.days if one.facts.is_over(day)) for one in all_windows]
    last = min(day for day in ends if day >= max(ends) - 2 * DAY)
    found: dict[tuple[date, str], list[Row]] = defaultdict(list)
    for windows in all_windows:
        for row in _kpis(windows):
            if row["day"] <= last:
                found[row["day"], row["kpi"]].append(row)
    for (day, kpi), rows in found.items():
        yield _over_clients(day, kpi, rows)


def _kpis(windows: Windows) -> Iterator[Row]:
    for seed in seeds.rows("kpis"):
        channel = "all" if seed["scope"] == "client" else "email"
        for day in windows.days.get(channel, {}):
            row = windows.rows[channel, 28, day]
            found = _kpi(windows, seed, row) if row["is_complete"] else None
            if found and found["value"] is not None:
                yield found | {"day": day, "kpi": seed["kpi"], "client": row["client"]}


def _kpi(windows: Windows, seed: Row, row: Row) -> Row | None:
    if seed["kpi"] == "health_score":
        score = health_of(windows)[row["date_day"]]["score"]
        part, whole = (None if score is None else score * row["delivered"]), row["delivered"]
        return {"value": None if score is None else Fraction(score), "part": part, "whole": whole}
    names = KPIS[seed["kpi"]]
    sent = None if None in (row["delivered"], row["bounced"]) else row["delivered"] + row["bounced"]
    values = {**row, "sent": sent}
    part, whole = values[names[0]], values[names[1]] if names[1] else None
    worth = exchange(row["currency"])
    is_money, is_share = seed["unit"] == "money", seed["kpi"] == "attributed_share"
    if part is None or ((is_money or is_share) and worth is None and is_money):
        return None
    if names[1] and not whole:
        return None
    value = Fraction(part) / Fraction(whole) if names[1] else Fraction(part)
    by = Fraction(worth) if worth is not None and (is_money or is_share) else Fraction(1)
    if is_share and worth is None:
        return {"value": value, "part": None, "whole": None, "has_whole": True}
    return {
        "value": value * by if is_money else value, "part": Fraction(part) * by,
        "whole": None if whole is None else Fraction(whole) * (by if is_share else 1),
    }  # fmt: skip


def health_of(windows: Windows) -> dict[date, Row]:
    """A client's health, worked out once."""
    if not hasattr(windows, "health"):
        windows.health = health(windows)  # type: ignore[attr-defined]
    found: dict[date, Row] = windows.health  # type: ignore[attr-defined]
    return found


def _over_clients(day: date, kpi: str, rows: list[Row]) -> Row:
    seed = next(one for one in seeds.rows("kpis") if one["kpi"] == kpi)
    values = sorted(row["value"] for row in rows)
    has_wholes = any(row["whole"] is not None or row.get("has_whole") for row in rows)
    parts = [row["part"] for row in rows if row["part"] is not None]
    wholes = [row["whole"] for row in rows if row["whole"] is not None]
    is_better = 1 if seed["is_higher_better"] == "true" else -1
    by_merit = sorted(rows, key=lambda row: (-is_better * row["value"], row["client"]))
    by_demerit = sorted(rows, key=lambda row: (is_better * row["value"], row["client"]))
    return {
        "date_day": day, "kpi": kpi, "unit": seed["unit"], "window_days": 28,
        "clients": len(rows),
        "total": rounded(sum(parts), 4) if parts and not has_wholes else None,
        "weighted_value": rounded(Fraction(sum(parts)) / sum(wholes), 6)
        if parts and wholes and sum(wholes)
        else None,
        **{
            column: _quartile(values, Fraction(share))
            for column, share in (
                ("median_value", "0.5"), ("lower_quartile", "0.25"), ("upper_quartile", "0.75"),
            )
        },
        "best_client": by_merit[0]["client"], "worst_client": by_demerit[0]["client"],
        "reporting_currency": "USD",
    }  # fmt: skip


def _quartile(values: list[Fraction], share: Fraction) -> Decimal | None:
    if len(values) < 3:
        return None
    place = share * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return rounded(values[below] + (values[above] - values[below]) * (place - below), 6)
