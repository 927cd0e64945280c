"""The straight line through a window's attributed revenue: least squares over its days."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.recomputed.numbers import rounded

Row = dict[str, Any]


def line(window: Row, days: list[Row]) -> Row:
    """Trend in words, slope per day over the mean, and the share of variation explained."""
    is_told = window["is_complete"] and window["window_days"] >= 28
    if not is_told or window["attributed_revenue"] is None:
        return {"trend": None, "trend_per_day": None, "trend_r2": None}
    points = [(row["date_day"].toordinal(), Fraction(row["attributed_revenue"])) for row in days]
    slope, mean, explained = _fit(points)
    per_day = slope / mean if mean else Fraction(0)
    is_flat = explained < Fraction(3, 10) or abs(per_day) * window["window_days"] < Fraction(1, 10)
    direction = "up" if per_day > 0 else "down"
    return {
        "trend": "flat" if is_flat else direction,
        "trend_per_day": rounded(per_day, 6), "trend_r2": rounded(explained, 6),
    }  # fmt: skip


def _fit(points: list[tuple[int, Fraction]]) -> tuple[Fraction, Fraction, Fraction]:
    count = len(points)
    middle = Fraction(sum(x for x, _ in points), count)
    mean = sum((y for _, y in points), Fraction(0)) / count
    across = sum((x - middle) ** 2 for x, _ in points)
    together = sum(((x - middle) * (y - mean) for x, y in points), Fraction(0))
    up = sum(((y - mean) ** 2 for _, y in points), Fraction(0))
    explained = together**2 / (across * up) if up else Fraction(1)
    return together / across, mean, explained
