"""Every public cell is what a second program works out from docs/metrics.md."""

from __future__ import annotations

import copy
import random
from typing import Any

from tests.recomputed import catalog, daily, trust
from tests.recomputed.brand import Brand
from tests.recomputed.compare import Comparison
from tests.recomputed.coverage import coverage
from tests.recomputed.health import health_of, portfolio
from tests.recomputed.inventing import Inventor
from tests.recomputed.messages import Messages
from tests.recomputed.reading import Reader
from tests.recomputed.reports import report
from tests.recomputed.things import Things
from tests.recomputed.windows import Windows


def invent(seed: int, lengths: tuple[int, ...] = (400, 110, 45, 45, 20, 60)) -> list[Reader]:
    dice = random.Random(seed)  # noqa: S311 - a dice, not a secret
    return [
        Reader(Inventor(f"S{seed}B{number}", dice, days).invent(), dice)
        for number, days in enumerate(lengths)
    ]


def first_seen(brand: Brand) -> Brand:
    """A brand as it was after its first reading."""
    found = copy.deepcopy(brand)
    found.currencies = found.currencies[:1]
    return found


def compare(database: Any, readers: list[Reader], before: list[Brand]) -> Comparison:
    found = Comparison()
    all_windows = []
    for reader, was in zip(readers, before, strict=True):
        things = Things(reader.brand)
        windows = Windows(things)
        all_windows.append(windows)
        for name, key, rows in _tables(things, windows, Things(was)):
            schema = "analytics_audit" if name == "unmapped_metrics" else "analytics"
            found.table(database, name, rows, key, account=reader.brand.account, schema=schema,
                        left_out={"rolling_client_metrics": ["changed_at"]}.get(name, []))  # fmt: skip
    built = {(row["date_day"], row["kpi"]): row
             for row in database.rows("select * from analytics.portfolio_daily")}  # fmt: skip
    rows = {(row["date_day"], row["kpi"]): row for row in portfolio(all_windows)}
    found.rows("all portfolio_daily", built, rows)
    return found


def _tables(things: Things, windows: Windows, before: Things) -> list[Any]:
    messages = Messages(things)
    return [
        ("clients", ("client",), catalog.clients(things)),
        ("messages", ("message_id",), catalog.messages(things)),
        ("metrics", ("metric_id",), catalog.metrics(things)),
        ("unmapped_metrics", ("metric_id",), catalog.unmapped(things)),
        ("pipeline_runs", ("run_id", "stream"), catalog.runs(things)),
        ("data_freshness", ("stream",), catalog.freshness(things)),
        ("role_coverage", ("role",), [one | {"client": things.brand.client}
                                      for one in coverage(things.facts)]),
        ("daily_client_metrics", ("date_day",), daily.clients(things)),
        ("daily_channel_metrics", ("date_day", "channel"), daily.channels(things)),
        ("daily_deliverability", ("date_day", "inbox_provider"), daily.deliverability(things)),
        ("daily_message_metrics", ("message_id", "date_day"), messages.days.values()),
        ("flow_metrics", ("message_id", "date_day"), messages.flows()),
        ("campaign_metrics", ("message_id",), messages.campaigns()),
        ("rolling_client_metrics", ("channel", "window_days", "date_day"), windows.rows.values()),
        ("client_health", ("date_day",), health_of(windows).values()),
        ("reconciliation", ("comparison", "role", "measure", "date_day"),
         trust.reconciliation(things, messages)),
        ("restatements", ("metric", "date_day"), trust.restatements(before, things)),
    ]  # fmt: skip
