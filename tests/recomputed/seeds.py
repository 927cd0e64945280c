"""What the document leaves to seeds: names of metrics, rates, weights, tolerances."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from functools import cache

from demo.pipeline import ROOT


@cache
def rows(name: str) -> list[dict[str, str]]:
    """The rows of a seed."""
    with (ROOT / f"transform/seeds/{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@cache
def roles_by_name() -> dict[str, dict[str, str]]:
    """Klaviyo's own metrics, by their names in lower case."""
    return {row["metric_name"].lower(): row for row in rows("metric_roles")}


@cache
def channels_of_roles() -> dict[str, str]:
    """Roles that a report counts, with their channels."""
    counted = [row for row in rows("metric_roles") if row["role"] != "not_counted"]
    return {row["role"]: row["channel"] for row in counted}


def action_of(role: str, channel: str) -> str | None:
    """What a role counts, whatever the channel: failed SMS correspond to bounces."""
    if not channel or not role.startswith(f"{channel}_"):
        return None
    action = role.removeprefix(f"{channel}_").split("_")[0]
    return "bounced" if action == "failed" else action


@cache
def actions_known() -> dict[str, set[str]]:
    """What can happen to a message of each channel; of several or of no known one, anything."""
    known: dict[str, set[str]] = defaultdict(set)
    for row in rows("metric_roles"):
        action = action_of(row["role"], row["channel"])
        if action:
            for channel in (row["channel"], "mixed", "unknown"):
                known[channel].add(action)
    return dict(known)


@cache
def euros(currency: str) -> Decimal | None:
    """Value of one unit in euros; the seed has one rate for all days."""
    rates = {row["currency"]: Decimal(row["euros_per_unit"]) for row in rows("fx_rates")}
    return rates.get(currency)
