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
    points = [(row["date_day"].toordinal(), row["attributed_revenue"]) for row in days]
    slope, mean, explained = _fit(points)
    per_day = slope / mean if mean else Fraction(0)
    is_flat = explained < Fraction(3, 10) or abs(per_day) * window["window_days"] < Fraction(1, 10)
    direction = "up" if per_day > 0 else "down"
    return {
        "trend": "flat" if is_flat else direction,
        "trend_per_day": rounded(per_day, 6), "trend_r2": rounded(explained, 6),
    }  # fmt: skip


def _fit(points: list[tuple[int, Any]]) -> tuple[Fraction, Fraction, Fraction]:
    """Slope, mean and share explained; amounts have four places, so whole numbers will do."""
    start, count = points[0][0], len(points)
    xs = [x - start for x, _ in points]
    ys = [int(y * 10_000) for _, y in points]
    sum_x, sum_y = sum(xs), sum(ys)
    across = count * sum(x * x for x in xs) - sum_x**2
    together = count * sum(x * y for x, y in zip(xs, ys, strict=True)) - sum_x * sum_y
    up = count * sum(y * y for y in ys) - sum_y**2
    explained = Fraction(together**2, across * up) if up else Fraction(1)
    return Fraction(together, across * 10_000), Fraction(sum_y, count * 10_000), explained
