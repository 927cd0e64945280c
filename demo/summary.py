"""What the demo prints at the end, asked from its database."""

from typing import Any

import psycopg
from psycopg.rows import dict_row
from rich.table import Table

BRANDS = """
    select
        client,
        max(currency) as currency,
        count(*) as days,
        sum(email_delivered) as email_delivered,
        sum(orders) as orders,
        sum(revenue) as revenue,
        sum(attributed_revenue) as attributed_revenue,
        max(date_day) as last_day
    from analytics.daily_client_metrics
    group by client
    order by client
"""
RESTATED = """
    select
        client,
        min(currency) as currency,
        count(distinct date_day) as days,
        count(*) as numbers,
        coalesce(sum(difference) filter (where metric = 'orders'), 0) as orders,
        coalesce(sum(difference) filter (where metric = 'revenue'), 0) as revenue,
        coalesce(sum(difference) filter (where metric = 'attributed_revenue'), 0) as attributed
    from analytics.restatements
    inner join analytics.clients using (account_id, client)
    where kind <> 'filling'
    group by client
    order by client
"""
# Ids of runs sort by the time at which the runs began.
RUNS = """
    select run_id, sum(requests)::int as requests, sum(records)::int as records
    from tap_klaviyo.sync_log
    group by run_id
    order by run_id
"""


def brands(dsn: str) -> Table:
    """The headline numbers, one row per brand over all its days."""
    table = Table(title="analytics.daily_client_metrics, all days", title_justify="left")
    table.add_column("brand")
    for name in ("days", "emails delivered", "orders", "revenue", "attributed revenue"):
        table.add_column(name, justify="right")
    table.add_column("last day")
    for row in _ask(dsn, BRANDS):
        table.add_row(
            row["client"],
            f"{row['days']:,}",
            f"{row['email_delivered']:,.0f}",
            f"{row['orders']:,.0f}",
            f"{row['revenue']:,.2f} {row['currency']}",
            f"{row['attributed_revenue']:,.2f} {row['currency']}",
            f"{row['last_day']}",
        )
    return table


def restated(dsn: str) -> Table:
    """What a later run read otherwise than the one before, of days that were over."""
    table = Table(title="analytics.restatements, of days that were over", title_justify="left")
    table.add_column("brand")
    for name in ("days", "numbers changed", "orders", "revenue", "attributed revenue"):
        table.add_column(name, justify="right")
    for row in _ask(dsn, RESTATED):
        table.add_row(
            row["client"],
            f"{row['days']:,}",
            f"{row['numbers']:,}",
            f"{row['orders']:+,.0f}",
            f"{row['revenue']:+,.2f} {row['currency']}",
            f"{row['attributed']:+,.2f} {row['currency']}",
        )
    return table


def runs(dsn: str, answered: int) -> Table:
    """What each run read, by the tap's own log; `answered` is the API's count for the last one."""
    table = Table(title="tap_klaviyo.sync_log, one row per run", title_justify="left")
    table.add_column("run")
    table.add_column("API requests", justify="right")
    table.add_column("rows loaded", justify="right")
    rows = _ask(dsn, RUNS)
    for row in rows:
        table.add_row(row["run_id"], f"{row['requests']:,}", f"{row['records']:,}")
    table.caption = f"The mock Klaviyo counted {answered:,} requests in the last run."
    return table


def _ask(dsn: str, query: str) -> list[dict[str, Any]]:
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        return connection.execute(query).fetchall()
