"""Recomputes `lifecycle_coverage` from the document, over several brands."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.recomputed import seeds
from tests.recomputed.brand import DAY
from tests.recomputed.numbers import money, rate, rounded, total

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from tests.recomputed.flows import Flows

Row = dict[str, Any]
FEWEST = 3
"""Clients from which on a median is given."""


def lifecycle(flows: Flows, brands: list[Flows]) -> Iterator[Row]:
    """One row per stage of a brand; `brands` are all brands."""
    for seed in seeds.rows("lifecycle_stages"):
        stage = seed["stage"]
        found = [_share(one, stage) for one in brands if _is_live(one, stage)]
        shares = sorted(share for share in found if share is not None)
        median = _median(shares)
        sales = _sales(flows)
        yield {
            "client": flows.brand.client, "stage": stage, "label": seed["label"],
            "position": int(seed["position"]), **_served(flows, stage),
            "currency": flows.brand.currency(flows.last_day),
            "share_of_sales": _share(flows, stage), "portfolio_clients": len(shares),
            "portfolio_median_share": median,
            "expected_revenue": None
            if median is None or sales is None
            else money(rounded(Fraction(median) * Fraction(sales), 4)),
        }  # fmt: skip


def _row(flows: Flows, stage: str) -> Row | None:
    return next((row for row in flows.rows() if row["stage"] == stage), None)


def _is_live(flows: Flows, stage: str) -> bool:
    row = _row(flows, stage)
    return row is not None and row["flow_status"] == "live"


def _served(flows: Flows, stage: str) -> Row:
    """What the brand's flow does for a stage; nothing if it belongs to another."""
    row, live = _row(flows, stage), _is_live(flows, stage)
    steps = [place for place, one in enumerate(flows.plan.statuses) if one == "live"]
    return {
        "coverage": "live" if live else "not live" if row else "missing",
        "flow_id": row and "flow", "flow_name": row and "Flow",
        "flow_status": row and row["flow_status"], "live_flows": int(live),
        "live_emails": len(steps) if live else 0, "live_texts": 0,
        "first_delay_hours": money(1 + 2 * min(steps)) if live and steps else None,
        "triggers_28_days": row["triggers_28_days"] if row and live else None,
        "delivered_28_days": (row["delivered_28_days"] or 0) if row else 0,
        "revenue_28_days": row["revenue_28_days"] if row else money(0),
    }  # fmt: skip


def _sales(flows: Flows) -> Decimal | None:
    """The store's revenue of the 28 days up to the last whole one."""
    days = [day for day in flows.facts.days if 0 <= (flows.last_day - day) / DAY < 28]
    found: Decimal | None = total(flows.things.amounts.amounts["revenue", day] for day in days)
    return found


def _share(flows: Flows, stage: str) -> Decimal | None:
    row = _row(flows, stage)
    return rate(row["revenue_28_days"] if row else 0, _sales(flows))


def _median(shares: list[Decimal]) -> Decimal | None:
    if len(shares) < FEWEST:
        return None
    middle = len(shares) // 2
    low = shares[middle] if len(shares) % 2 else shares[middle - 1]
    return rounded((Fraction(low) + Fraction(shares[middle])) / 2, 6)
