"""Invents readings of a brand's plan, and recomputes `daily_usage`."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.recomputed.brand import DAY
from tests.recomputed.numbers import rate, rounded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tests.recomputed.brand import Brand

Row = dict[str, Any]
KINDS = {"email_sends": "messages", "active_profiles": "profiles", "text_message_spend": "USD"}
MOST = {"email_sends": 900, "active_profiles": 1100, "text_message_spend": 0}


def readings(brand: Brand, phase: int) -> list[Row]:
    """What Klaviyo told of the plan up to a reading, on most of the days."""
    dice = random.Random(brand.account)  # noqa: S311 - a dice, not a secret
    found, used = [], {"email_sends": Decimal(0), "active_profiles": Decimal(950)}
    used["text_message_spend"] = Decimal("0.25")
    month = None
    last_day = brand.day(brand.until[phase - 1])
    for number in range((brand.day(brand.until[1]) - brand.first_day).days + 1):
        day = brand.first_day + number * DAY
        as_of = brand.midnight(day) + timedelta(minutes=dice.randrange(1380))
        if as_of.month != month:
            month, used["email_sends"] = as_of.month, Decimal(dice.randrange(30))
        used["email_sends"] += dice.randrange(60)
        used["active_profiles"] += dice.choice([-9, 0, 4, 8])
        is_read = dice.random() < 0.8 and day <= last_day
        found += [_row(brand, kind, day, as_of, used[kind]) for kind in KINDS if is_read]
    return found


def _row(brand: Brand, kind: str, day: date, as_of: datetime, used: Decimal) -> Row:
    start = datetime(as_of.year, as_of.month, 1)  # noqa: DTZ001 - UTC, as raw tables have it
    return {
        "account_id": brand.account, "id": kind, "date": day, "unit": KINDS[kind],
        "usage_used": used, "usage_max": MOST[kind], "period_start": start,
        "period_end": (start + 32 * DAY).replace(day=1), "as_of": as_of,
    }  # fmt: skip


def usage(brand: Brand) -> Iterator[Row]:
    """One row per kind of usage and day on which it was read."""
    kinds: dict[str, list[Row]] = defaultdict(list)
    for row in readings(brand, 2):
        kinds[row["id"]].append(row)
    for rows in kinds.values():
        steps = [_step(row, before) for row, before in zip(rows, [None, *rows], strict=False)]
        for place, row in enumerate(rows):
            last = [
                step for step, one in zip(steps, rows, strict=True)
                if step and row["date"] - 27 * DAY <= one["date"] <= row["date"]
            ]  # fmt: skip
            yield _projected(brand, row, rows[: place + 1], last)


def _step(row: Row, before: Row | None) -> tuple[Decimal, timedelta] | None:
    """What was used since the reading before, and in what time."""
    is_new = before is None or before["period_start"] != row["period_start"]
    if row["unit"] != "profiles" and is_new:
        return row["usage_used"], row["as_of"] - row["period_start"]
    if before is None or (is_new and row["usage_used"] < before["usage_used"]):
        return None
    return row["usage_used"] - before["usage_used"], row["as_of"] - before["as_of"]


def _projected(brand: Brand, row: Row, so_far: list[Row], steps: list[Any]) -> Row:
    used, most = Fraction(row["usage_used"]), row["usage_max"]
    time = sum((span for _, span in steps), timedelta())
    projected = None
    if time >= 7 * DAY:
        pace = Fraction(sum(amount for amount, _ in steps)) / _seconds(time)
        projected = used + pace * _seconds(row["period_end"] - row["as_of"])
        projected = max(projected, 0 if row["unit"] == "profiles" else used)
    told = rounded(projected, 4)
    return {
        "client": brand.client, "date_day": row["date"], "usage_type": row["id"],
        "unit": row["unit"], "used": rounded(used, 4), "plan_maximum": rounded(most, 4),
        "share_used": rate(used, most), "period_start": row["period_start"],
        "period_end": row["period_end"], "as_of": row["as_of"], "projected_used": told,
        "projected_share": rate(told, most), "crosses_on": _crosses(brand, row, so_far, told),
    }  # fmt: skip


def _crosses(brand: Brand, row: Row, so_far: list[Row], told: Decimal | None) -> date | None:
    used, most = Fraction(row["usage_used"]), row["usage_max"]
    if used > most:
        return min(
            one["date"] for one in so_far
            if one["period_start"] == row["period_start"] and one["usage_used"] > most
        )  # fmt: skip
    if told is None or told <= most:
        return None
    left = _seconds(row["period_end"] - row["as_of"])
    seconds = (most - used) * left / (Fraction(told) - used)
    return brand.day(row["as_of"] + timedelta(seconds=-(-seconds.numerator // seconds.denominator)))


def _seconds(time: timedelta) -> Fraction:
    return Fraction(time // timedelta(seconds=1))
