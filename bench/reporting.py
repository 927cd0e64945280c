"""How long the reporting tables take to build, and how large they are: `python -m bench.reporting`.

Millions of events are invented straight into the raw tables, so what is measured is Postgres and
dbt alone. A day is then added (some 3,000 events, and 19,000 of the last seven days with their
aggregates re-read, as the tap does: one brand with a million events a year, or several smaller
ones) and the tables are built again. Without a plot in the data, whatever the anomalies find is a
false alarm.

A brand more for each million is how an agency grows; with `--brands 20` the same brands have more
and more events.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from sandbox import Postgres

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent
RAW = Path(__file__).with_suffix(".sql").read_text()
ANOTHER_DAY = """
    create table public.touched as
    select account_id, client from tap_klaviyo.accounts order by account_id limit {touched};
    update tap_klaviyo.events
    set _sdc_extracted_at = '2026-01-02 05:30', _sdc_batched_at = '2026-01-02 06:00'
    where account_id in (select account_id from public.touched) and datetime >= '2025-12-25 05:00';
    insert into tap_klaviyo.events
    select account_id, 'late-' || id, uuid, datetime + interval '1 second', metric_id, profile_id,
        value, value_currency, event_properties, attributions, _sdc_extracted_at, _sdc_batched_at
    from tap_klaviyo.events
    where account_id in (select account_id from public.touched) and datetime >= '2025-12-31 05:00';
    update tap_klaviyo.metric_aggregates
    set read_at = '2026-01-02 05:45', _sdc_batched_at = '2026-01-02 06:00'
    where account_id in (select account_id from public.touched) and date >= '2025-12-25';
    insert into tap_klaviyo.metric_aggregate_reads
    select account_id, metric_id, breakdown, "interval", timezone, 0, '2025-12-25 05:00',
        window_end, '2026-01-02 05:45', '2026-01-02 06:00'
    from tap_klaviyo.metric_aggregate_reads
    where window_start = '2025-01-01 05:00'
    and account_id in (select account_id from public.touched);
    insert into tap_klaviyo.sync_log
    select 'second', account_id, 'events', client, 'ok', null, 0, 0, 0, 0, '2026-01-02 05:30',
        '2026-01-02 05:50', '2025-12-25 05:00', '2026-01-01 05:00', '2026-01-02 06:00'
    from public.touched;
"""
COLUMNS = (
    "events",
    "brands",
    "first build",
    "another day",
    "raw events",
    "person days",
    "analytics",
    "query (median)",
    "alarms per 1,000",
)
SIZES = """
    select pg_size_pretty(sum(pg_total_relation_size(oid)))
    from pg_class
    where relkind = 'r' and relnamespace::regnamespace::text like %s and relname like %s
"""
ALARMS = """
    select 1000.0 * (select count(*) from analytics.metric_anomalies) / count(*)
    from analytics_intermediate.int_kpi_scores as compared
    inner join analytics.clients using (account_id)
    where compared.date_day < clients.last_day and compared.date_day >= clients.last_day - 180
"""
QUERIES = (
    "select date_day, sum(revenue_reporting) from analytics.daily_client_metrics group by 1",
    """
    select * from analytics.rolling_client_metrics
    where client = 'client1' and channel = 'email' and window_days = 28 and date_day >= '2025-10-01'
    """,
    "select * from analytics.campaign_metrics where client = 'client1' order by revenue_rank",
    """
    select inbox_provider, sum(bounced)::float / sum(delivered)
    from analytics.daily_deliverability where date_day >= '2025-12-01' group by 1
    """,
    "select * from analytics.metric_anomalies where is_alert order by date_day desc limit 50",
    "select * from analytics.portfolio_daily where kpi = 'open_rate' order by date_day",
)


def invent(connection: psycopg.Connection[Any], millions: int, brands: int) -> None:
    """Fill the raw tables with a year of that many million events, evenly over the brands."""
    connection.execute(RAW.format(accounts=brands, share=millions / brands).encode())


def measure(millions: int, brands: int, folder: Path) -> list[str]:
    """One row of the table: build an installation with that many million events."""
    with Postgres(folder / f"{millions}m") as postgres:
        with psycopg.connect(postgres.dsn, autocommit=True) as connection:
            invent(connection, millions, brands)
        whole = build(postgres.env, folder)
        with psycopg.connect(postgres.dsn, autocommit=True) as connection:
            connection.execute(
                ANOTHER_DAY.format(touched=max(1, round(brands / millions))).encode()
            )
        again = build(postgres.env, folder)
        with psycopg.connect(postgres.dsn, autocommit=True) as connection:
            answers = statistics.median(_milliseconds(connection, query) for query in QUERIES)
            return [
                f"{millions} million",
                str(brands),
                f"{whole:.0f} s",
                f"{again:.1f} s",
                _one(connection, SIZES, "tap_klaviyo", "events"),
                _one(connection, SIZES, "analytics%", "int_person_days"),
                _one(connection, SIZES, "analytics", "%"),
                f"{answers:.0f} ms",
                f"{_one(connection, ALARMS):.2f}",
            ]


def build(env: Mapping[str, str], folder: Path, *arguments: str) -> float:
    """Seconds that `dbt build` without tests takes, with dbt's own start."""
    settings = {
        "DBT_PROJECT_DIR": str(ROOT / "transform"),
        "DBT_PROFILES_DIR": str(ROOT / "transform/profiles"),
        "DBT_TARGET_PATH": str(folder / "dbt"),
        "DBT_LOG_PATH": str(folder / "dbt"),
    }
    dbt = ROOT / ".meltano/utilities/dbt/venv/bin/dbt"
    began = time.monotonic()
    command = [str(dbt), "build", "--exclude-resource-type", "test", "unit_test", *arguments]
    done = subprocess.run(
        command,
        env={**os.environ, **env, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stdout[-3000:])
    return time.monotonic() - began


def _one(connection: psycopg.Connection[Any], query: str, *values: str) -> Any:  # noqa: ANN401
    (value,) = connection.execute(query.encode(), values).fetchone() or (None,)
    return value


def _milliseconds(connection: psycopg.Connection[Any], query: str) -> float:
    began = time.monotonic()
    connection.execute(query.encode()).fetchall()
    return 1000 * (time.monotonic() - began)


def main() -> None:
    """Print a row for each size as soon as it is measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.reporting")
    parser.add_argument("millions", nargs="*", type=int, default=[1, 5, 20], help="of events")
    parser.add_argument("--brands", type=int, help="at every size (default: one per million)")
    arguments = parser.parse_args()
    print("dbt build without tests\n" + "".join(f"{name:>17}" for name in COLUMNS))
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        for millions in arguments.millions:
            row = measure(millions, arguments.brands or millions, Path(folder))
            print("".join(f"{value:>17}" for value in row), flush=True)


if __name__ == "__main__":
    main()
