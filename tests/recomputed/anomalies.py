"""Recomputes `metric_anomalies`: what is reported, since when, how large, until when."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tests.recomputed import seeds
from tests.recomputed.brand import DAY
from tests.recomputed.health import KPIS
from tests.recomputed.numbers import rounded
from tests.recomputed.scores import Days, Test, Weeks
from tests.recomputed.usual import Kind, Point

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tests.recomputed.windows import Windows

Row = dict[str, Any]
QUIET, UNUSUAL, KEPT = 14, 2, 180
LENGTHS = {"day": 1, "week": 7, "month": 28, "decline": 28}
# By KPI: what is counted, what it is a share of, what chance decided about, what it depends on.
BY_DAY = {
    "subscribes": ("subscribes", "subscribes", None), "orders": ("orders", "orders", None),
    "revenue": ("revenue", "orders", None),
    "attributed_revenue": ("attributed_revenue", "attributed_orders", "delivered"),
}  # fmt: skip
BY_WEEK = {
    kpi: KPIS[kpi]
    for kpi in (
        "delivered", "open_rate", "click_rate", "bounce_rate", "spam_complaint_rate",
        "unsubscribe_rate", "bot_click_share",
    )
}  # fmt: skip


def anomalies(windows: Windows) -> list[Row]:
    """One row per change that was reported within the last days."""
    first = windows.facts.last_day - KEPT * DAY
    found = [
        _row(windows, seed, channel, change)
        for seed in seeds.rows("kpis")
        if seed["judged"]
        for channel, tests in _series(windows, seed)
        for change in _changes(seed, tests)
        if change["first"].day >= first
    ]
    by_day: dict[date, list[Row]] = defaultdict(list)
    for row in found:
        if not row["is_good"]:
            by_day[row["date_day"]].append(row)
    worst = {day: min(rows, key=_place) for day, rows in by_day.items()}
    for row in found:
        row["is_alert"] = row is worst.get(row["date_day"])
    return [{key: value for key, value in row.items() if key[0] != "_"} for row in found]


def _place(row: Row) -> tuple[Any, ...]:
    worth = row["_worth"]
    return worth is None, -(worth or 0), -abs(row["_score"]), row["channel"], row["kpi"]


def _series(windows: Windows, seed: Row) -> Iterator[tuple[str, list[Test]]]:
    """Channel and tests of each series of a KPI."""
    kind = Kind(seed["unit"])
    if seed["window_days"] == "1":
        for points in _days(windows, seed).values():
            days = Days(kind, points)
            yield "all", [*days.tests(), *Weeks(kind, days.weeks(), days).tests()]
        return
    for channel in windows.days.keys() - {"all"}:
        yield channel, list(Weeks(kind, _shares(windows, seed, channel), None).tests())


def _days(windows: Windows, seed: Row) -> dict[str, dict[date, Point]]:
    """The days of a client, for amounts by currency."""
    things, trials, sends = BY_DAY[seed["kpi"]]
    found: dict[str, dict[date, Point]] = defaultdict(dict)
    for day, row in sorted(windows.days["all"].items()):
        if row["is_whole"] and row[things] is not None:
            currency = row["currency"] if seed["unit"] == "money" else ""
            value, sent = float(row[things]), row[sends] if sends else None
            found[currency][day] = Point(value, 1.0, row[trials] or 0, sent, value)
    return found


def _shares(windows: Windows, seed: Row, channel: str) -> dict[date, Point]:
    part, whole = BY_WEEK[seed["kpi"]]
    found = {}
    for day in sorted(windows.days[channel]):
        row = windows.rows[channel, 7, day]
        sent = [row["delivered"], row["bounced"]]
        values = {**row, "sent": None if None in sent else sum(sent)}
        base = 1 if whole is None else values[whole]
        if row["is_complete"] and values[part] is not None and base:
            things = float(values[part])
            found[day] = Point(things, float(base), 0, None, things)
    return found


def _changes(seed: Row, tests: list[Test]) -> Iterator[Row]:
    """Runs of unusual days in which something was reported, by direction."""
    for is_above in (False, True):
        ours = [one for one in tests if (one.score > 0) == is_above and abs(one.score) >= UNUSUAL]
        ours = [one for one in ours if one.kind == "week" or _is_reported(seed, one)]
        ours.sort(key=lambda one: (one.day, LENGTHS[one.kind], one.kind == "decline"))
        runs: list[list[Test]] = []
        for one in ours:
            if not runs or one.day - runs[-1][-1].day > QUIET * DAY:
                runs.append([])
            runs[-1].append(one)
        for run in runs:
            reported = [one for one in run if _is_reported(seed, one)]
            if reported:
                furthest = max(reported, key=lambda one: abs(one.score))
                yield {
                    "first": reported[0], "onset": run[0].day, "last": run[-1].day,
                    "size": furthest.change, "is_above": is_above,
                }  # fmt: skip


def _is_reported(seed: Row, one: Test) -> bool:
    by_month = one.kind in ("month", "decline")
    least = 0.6 if seed["is_planned"] == "true" else 0.15 if by_month else 0.2
    is_good = (one.score > 0) == (seed["is_higher_better"] == "true")
    goes_on = not by_month or (
        not is_good
        and one.last_change is not None
        and bool(one.change)
        and one.last_change / (one.change or 1) >= 0.5
    )
    return (
        one.kind in seed["judged"].split()
        and abs(one.score) >= (5 if one.kind == "day" else 4)
        and (one.change is None or abs(one.change) >= least)
        and abs(one.actual - one.expected) >= float(seed["min_change"])
        and one.weeks >= int(seed["min_weeks"])
        and one.base >= float(seed["min_denominator"] or 0)
        and goes_on
    )


def _row(windows: Windows, seed: Row, channel: str, change: Row) -> Row:
    first: Test = change["first"]
    window = windows.rows[channel, 28, first.day]
    by = first.base if seed["unit"] == "ratio" else 1
    actual, expected = first.actual / by, first.expected / by
    over = max(day for day in windows.facts.days if windows.facts.is_over(day))
    is_open = change["last"] + QUIET * DAY >= over
    worth = _worth(seed, window)
    at_stake = None if worth is None else abs(first.actual - first.expected) * float(worth)
    return {
        "client": window["client"], "date_day": first.day, "channel": channel, "kpi": seed["kpi"],
        "unit": seed["unit"], "kind": first.kind, "window_days": LENGTHS[first.kind],
        "actual": rounded(actual, 6), "expected": rounded(expected, 6),
        "difference": rounded(actual - expected, 6), "relative_change": rounded(first.change, 6),
        "score": rounded(first.score, 3), "direction": "above" if change["is_above"] else "below",
        "is_good": change["is_above"] == (seed["is_higher_better"] == "true"),
        "weeks_compared": first.weeks, "onset": change["onset"],
        "ended_on": None if is_open else change["last"], "is_open": is_open,
        "size": rounded(change["size"], 6), "currency": window["currency"],
        "value_at_stake": rounded(at_stake, 4), "is_settled": window["is_settled"],
        "reason": _reason(seed, channel, first, change["onset"], window["currency"]),
        "_worth": at_stake, "_score": first.score,
    }  # fmt: skip


def _worth(seed: Row, window: Row) -> Any:
    """What one thing is worth, by the client's or the channel's last 28 days."""
    parts = {
        "order": ("revenue", "orders"), "click": ("attributed_revenue", "clicked_deliveries"),
        "person": ("attributed_revenue", "unique_recipients"),
    }  # fmt: skip
    if seed["worth"] in ("money", "nothing"):
        return 1 if seed["worth"] == "money" else None
    if seed["worth"] == "message":
        return window["revenue_per_recipient"]
    amount, count = (window[one] for one in parts[seed["worth"]])
    return amount / count if amount is not None and count else None


def _reason(seed: Row, channel: str, one: Test, onset: date, currency: str) -> str:
    def in_words(things: float) -> str:
        if seed["unit"] == "ratio":
            return f"{rounded(things / one.base * 100, 2)}%"
        return f"{things:,.0f}" + (f" {currency}" if seed["unit"] == "money" else "")

    of = f" ({channel})" if channel != "all" else ""
    length = LENGTHS[one.kind]
    span = "on the day" if length == 1 else f"in {length} days"
    than = "two months before" if one.kind == "decline" else "usually"
    since = "" if one.kind == "day" else f", since {onset}"
    return (
        f"{seed['label']}{of} {span}: {in_words(one.actual)}, {than} {in_words(one.expected)} "
        f"({one.weeks} weeks){since}"
    )
