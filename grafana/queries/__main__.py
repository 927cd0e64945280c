"""Print a panel's query with its variables and macros filled in, to be run in psql.

    python -m grafana.queries grafana/queries/client/store_revenue.sql client=acme,nord days=28

Without a value, `client` is every client and `days` is 42; the time range ends yesterday.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from grafana.semantics import TimeRange, Variable, expand, interpolate

# What Grafana sets for the session before it runs a query.
_SESSION = "set search_path = analytics, analytics_audit;\nset timezone = 'UTC';\n"
_DEFAULTS = {
    "${client:sqlstring}": "select client from clients",
    "${currency:sqlstring}": "(select max(reporting_currency) from daily_client_metrics)",
    "${kpi:sqlstring}": "'click_rate'",
    "${compare:sqlstring}": "'before'",
}


def runnable(sql: str, values: dict[str, str], asked: TimeRange) -> str:
    """The query as psql can run it; several values of a variable are separated by commas."""
    sql = interpolate(sql, {name: Variable(value.split(",")) for name, value in values.items()})
    for variable, default in _DEFAULTS.items():
        sql = sql.replace(variable, default)
    return f"{_SESSION}{expand(sql, asked).strip()};\n"


def last_days(count: int) -> TimeRange:
    """So many whole days to the end of yesterday, UTC."""
    today = datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    return TimeRange(today - timedelta(days=count), today - timedelta(milliseconds=1))


def main(arguments: list[str]) -> None:
    """Print the query that the arguments name."""
    if not arguments or not all("=" in argument for argument in arguments[1:]):
        sys.exit(__doc__)
    values = dict(argument.split("=", 1) for argument in arguments[1:])
    asked = last_days(int(values.pop("days", "42")))
    sys.stdout.write(runnable(Path(arguments[0]).read_text(), values, asked))


if __name__ == "__main__":
    main(sys.argv[1:])
