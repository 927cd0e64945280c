"""How long the dashboards' queries take: `python -m bench.dashboards`, on 5 million events.

The tables are built from invented events as in `bench.reporting`; every panel's query is then
asked five times for all clients, over the dashboard's own range of days to the end of the data.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from bench.reporting import build, invent
from grafana.authoring.files import built
from grafana.checks.choices import ALL, chosen
from grafana.checks.dashboards import drawn
from grafana.semantics import TimeRange, interpolate
from grafana.semantics.source import Source
from sandbox import Postgres

Json = dict[str, Any]
DAYS = 42
END = datetime(2025, 12, 31, 23, 59, tzinfo=timezone.utc)  # of the invented events
TIMES = 5


def measure(dashboard: Json, source: Source, asked: TimeRange) -> list[str]:
    """One row of the table: a dashboard's panels."""
    variables = chosen(dashboard, source, asked, ALL)
    medians = {}
    for panel in drawn(dashboard):
        (target,) = panel["targets"]
        sql = interpolate(target["rawSql"], variables)
        seconds = [_seconds(source, sql, asked, target["format"]) for _ in range(TIMES)]
        medians[panel["title"]] = 1000 * statistics.median(seconds)
    slowest = max(medians, key=medians.__getitem__)
    middle = statistics.median(medians.values())
    title = dashboard["title"]
    return [title, str(len(medians)), f"{middle:.0f} ms", f"{medians[slowest]:.0f} ms", slowest]


def _seconds(source: Source, sql: str, asked: TimeRange, wanted: str) -> float:
    began = time.monotonic()
    source.ask(sql, asked, wanted)
    return time.monotonic() - began


def main() -> None:
    """Print a row per dashboard."""
    parser = argparse.ArgumentParser(prog="python -m bench.dashboards")
    parser.add_argument("millions", nargs="?", type=int, default=5, help="millions of events")
    columns = ("dashboard", "panels", "median panel", "slowest panel", "which")
    table = Table(title="a query with its connection, median of five", title_justify="left")
    for name in columns:
        table.add_column(name)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        with Postgres(folder / "postgres") as postgres:
            with psycopg.connect(postgres.dsn, autocommit=True) as connection:
                millions = parser.parse_args().millions
                invent(connection, millions, millions)
            build(postgres.env, folder)
            asked = TimeRange(END - timedelta(days=DAYS), END)
            source = Source(postgres.dsn, "analytics,analytics_audit")
            for dashboard in built().values():
                table.add_row(*measure(dashboard, source, asked))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
