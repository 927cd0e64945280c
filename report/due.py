"""The job `reports`: each report of the seed whose period is over, once."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import dict_row

from check import database
from grafana.preview.browser import PageError
from report import making, settings
from report.facts import MissingError, read
from report.fonts import FontsError
from report.mail import DoubtError, RefusedError
from report.pdf import NoBrowserError
from report.periods import MONTH, Period
from report.plan import Plan, PlanError
from report.runs import Busy
from report.sending import send_unsent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

LATE_DAYS = 3
"""A period whose data is not complete so many days after its end is a failure, not a wait."""
FAILURES = (
    PlanError, MissingError, settings.SettingsError, FontsError, NoBrowserError, PageError,
    RefusedError, DoubtError, psycopg.Error, OSError,
)  # fmt: skip

PLANS = "select * from client_reports order by client, cadence"


def plans(session: psycopg.Connection[Any], schema: str) -> list[dict[str, Any]]:
    """The rows of the seed `client_reports`."""
    with session.transaction():
        cursor = session.cursor(row_factory=dict_row)
        cursor.execute("select set_config('search_path', %s, true)", [f"{schema}_staging"])
        return cursor.execute(PLANS).fetchall()


def schema_of(env: Mapping[str, str]) -> str:
    """The schema of the public tables."""
    return env.get("DBT_SCHEMA", "analytics")


def last_over(cadence: str, today: date) -> Period:
    """The newest period that is over on a day."""
    start = today.replace(day=1) if cadence == MONTH else today - timedelta(days=today.weekday())
    return Period(start, cadence).previous


def run(env: Mapping[str, str]) -> Iterator[tuple[bool, str]]:
    """Make and send what is due; for each report whether that went well, and a line about it.

    Raises:
        psycopg.Error: The database cannot be asked which reports there are.
    """
    today = datetime.now(timezone.utc).date()
    with database.connect(env) as session:
        for row in plans(session, schema_of(env)):
            period = last_over(row["cadence"], today)
            name = f"{row['client']} {period}"
            try:
                yield True, f"{name}: {'; '.join(_one(session, env, row, period))}"
            except Busy:
                yield True, f"{name}: another run sends it now"
            except MissingError as error:
                is_late = (today - period.end).days > LATE_DAYS
                yield not is_late, f"{name}: {'late' if is_late else 'waits'}: {error}"
            except FAILURES as error:
                yield False, f"{name}: {' '.join(str(error).split())}"


def _one(
    session: psycopg.Connection[Any], env: Mapping[str, str], row: dict[str, Any], period: Period
) -> list[str]:
    plan = Plan.of(row)
    facts = read(session, schema_of(env), plan.client, period)
    folder = settings.folder(env)
    if not plan.is_sent:
        _, pdf = making.paths(folder, plan.client, period)
        if not pdf.exists():
            making.make(facts, plan, folder)
        return [f"no recipients; written to {pdf}"]
    return send_unsent(facts, plan, folder, env) or ["was sent already"]
