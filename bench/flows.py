"""What `flow_health` tells and what it raises for nothing: `python -m bench.flows [seeds]`.

Shops with three flows each are invented straight into the raw tables and judged by the real models:
one for each thing that can go wrong, and many in which nothing does but chance, weekdays and noise.
Each of the last 28 days is judged as if it were today.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from bench.brands import DAY
from bench.flow_shops import BEGINS, FIRST, FLOWS, LAST, PLOTS, FlowShop
from bench.judgement import TABLES
from bench.reporting import build
from sandbox import Postgres

if TYPE_CHECKING:
    from collections.abc import Iterable

SQL = Path(__file__).with_suffix(".sql").read_text()
OWN = """
    create table public.flow_days (
        account_id text, metric_id text, message text, day date, things int
    );
"""
SELECTED = ("--select", "+flow_health")
SIZES = (0.3, 1.0, 3.0, 10.0)
SPREADS = (0.1, 0.2, 0.35)
READ_AT = f"{LAST + DAY} 06:00:00"
VERDICTS = """
    select verdicts.account_id, verdicts.flow_id, verdicts.date_day, verdicts.verdict
    from analytics_intermediate.int_flow_verdicts as verdicts
    order by verdicts.account_id, verdicts.flow_id, verdicts.date_day
"""
FINE = {"ok", "off", "unknown"}


def planted(size: float = 20) -> list[FlowShop]:
    """A shop for each thing that can go wrong."""
    return [FlowShop(f"{plot}|{size:g}", size, 0.1, plot) for plot in PLOTS]


def quiet(seeds: int) -> list[FlowShop]:
    """Shops of all sizes in which nothing goes wrong."""
    return [
        FlowShop(f"calm {n}", SIZES[n % len(SIZES)], SPREADS[n % len(SPREADS)])
        for n in range(seeds)
    ]


def invent(connection: psycopg.Connection[Any], shops: Iterable[FlowShop]) -> None:
    """Fill the raw tables."""
    shops = list(shops)
    connection.execute((TABLES + OWN).encode())
    read = (READ_AT,)
    _copy(connection, "tap_klaviyo.accounts", (
        (s.account, s.account, s.account, "UTC", "USD", "en-US", "Retail", False, *read)
        for s in shops
    ))  # fmt: skip
    _copy(connection, "tap_klaviyo.metrics", (
        (s.account, metric, "i", name, owner, owner, "", "2024-01-01", "2024-01-01", *read)
        for s in shops for metric, (name, owner) in s.metrics().items()
    ))  # fmt: skip
    for metric, name in FLOWS.items():
        _copy_flow(connection, [shop for shop in shops if shop.has_flows], metric, name)
    _copy(connection, "public.flow_days", (
        (s.account, *row) for s in shops for row in s.rows(1)
    ))  # fmt: skip
    connection.execute(SQL.encode())


def _copy_flow(
    connection: psycopg.Connection[Any], shops: list[FlowShop], metric: str, name: str
) -> None:
    said = {shop.account: shop.flow(metric) for shop in shops}
    _copy(connection, "tap_klaviyo.flows", (
        (account, metric, name, flow["status"], None, False, "2025-01-01", flow["updated"], None)
        for account, flow in said.items()
    ))  # fmt: skip
    _copy(connection, "tap_klaviyo.flow_messages", (
        (account, step["id"], metric, step["id"], step["id"], "Email", "", FIRST, FIRST)
        for account, flow in said.items() for step in flow["steps"]
    ))  # fmt: skip
    kind = "list" if metric == "joined" else "metric"
    _copy(connection, "tap_klaviyo.flow_definitions", (
        (
            account, metric, flow["updated"], kind, metric, "{}",
            '{"condition_groups": []}' if flow["has_filter"] else None, None,
            json.dumps(flow["steps"]), None,
        )
        for account, flow in said.items()
    ))  # fmt: skip


def _copy(connection: psycopg.Connection[Any], table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"copy {table} from stdin".encode()) as copy:
        for row in rows:
            copy.write_row(row)


def verdicts(connection: psycopg.Connection[Any]) -> dict[tuple[str, str], list[tuple[Any, str]]]:
    """Day and verdict of each of the last 28 days, by account and flow."""
    found: dict[tuple[str, str], list[tuple[Any, str]]] = {}
    for account, flow, day, verdict in connection.execute(VERDICTS.encode()).fetchall():
        found.setdefault((account, flow), []).append((day, verdict))
    return found


def days_until(plot: str, judged: list[tuple[Any, str]]) -> int | None:
    """On which day since it began the right verdict was given, and has been since; or None."""
    wrong = [day for day, verdict in judged if day >= BEGINS and verdict != PLOTS[plot]]
    last_wrong = max(wrong, default=BEGINS - DAY)
    return None if last_wrong == LAST else (last_wrong - BEGINS).days + 2


def alarms(judged: list[tuple[Any, str]]) -> list[str]:
    """The verdicts against a flow that was fine the day before."""
    before = ["ok", *(verdict for _, verdict in judged[:-1])]
    return [
        verdict
        for was, (_, verdict) in zip(before, judged, strict=True)
        if verdict not in FINE and was in FINE
    ]


def main() -> None:
    """Print after how many days each plot is told, and the false alarms."""
    parser = argparse.ArgumentParser(prog="python -m bench.flows")
    parser.add_argument("seeds", nargs="?", type=int, default=200, help="quiet shops")
    arguments = parser.parse_args()
    shops = [shop for size in (0.3, 1, 3, 20) for shop in planted(size)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        with Postgres(folder / "postgres") as postgres:
            with psycopg.connect(postgres.dsn, autocommit=True) as connection:
                invent(connection, [*shops, *quiet(arguments.seeds)])
            print(f"built in {build(postgres.env, folder, *SELECTED):.0f} s", flush=True)
            with psycopg.connect(postgres.dsn, autocommit=True) as connection:
                judged = verdicts(connection)
    for shop in shops:
        told = days_until(shop.plot, judged[shop.account, "checkout"])
        print(f"{shop.plot:20} {12 * shop.size:6g} checkouts a day: {PLOTS[shop.plot]}, day {told}")
    fine = {key: days for key, days in judged.items() if key[0].startswith("calm ")}
    weeks = sum(len(days) for days in fine.values()) / 7
    raised = [alarm for days in fine.values() for alarm in alarms(days)]
    print(f"{weeks:.0f} quiet flow-weeks, {len(raised)} alarms: {100 * len(raised) / weeks:.2f} "
          f"per 100; {dict(Counter(raised))}")  # fmt: skip


if __name__ == "__main__":
    main()
