"""What a report says, from the tables of `analytics`: of one account, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from psycopg.rows import dict_row

from report import queries

if TYPE_CHECKING:
    from datetime import date

    import psycopg

    from report.periods import Period

Row = dict[str, Any]
PERIODS_SHOWN = 13  # a year of months, a quarter of weeks
CAMPAIGNS_SHOWN = 5  # at each end
ROWS_SHOWN = 8


class MissingError(Exception):
    """There is nothing to report; the message says what is missing."""


@dataclass(frozen=True)
class Facts:
    """Everything that a report of one client and period says."""

    period: Period
    account: Row
    facts: dict[str, Row]
    history: list[Row]
    days: list[Row]
    campaigns: list[Row]
    flows: list[Row]
    touches: list[Row]
    providers: list[Row]
    health: Row | None
    anomalies: list[Row]

    @cached_property
    def currency(self) -> str | None:
        """The account's currency in the period; None if it changed."""
        found: str | None = self.facts["revenue"]["currency"]
        return found

    @cached_property
    def settled_until(self) -> date | None:
        """The last day of the period that has settled; None if that is its last one."""
        if self.facts["revenue"]["is_settled"]:
            return None
        settled: date | None = self.account["last_settled_day"]
        return settled or self.period.start


def read(session: psycopg.Connection[Any], schema: str, client: str, period: Period) -> Facts:
    """Read the facts of a client's period.

    Args:
        session: The database.
        schema: Where the tables are: `analytics`.
        client: The client's short name.
        period: The period.

    Raises:
        MissingError: The client is not known, the period not over, or a day of it not complete.
    """
    with session.transaction():
        ask = _Asking(session, schema)
        found = ask(queries.ACCOUNT, {"client": client})
        if not found:
            message = f"There is no client {client!r} in {schema}.clients."
            raise MissingError(message)
        return _read(ask, found[0], period)


def _read(ask: _Asking, account: Row, period: Period) -> Facts:
    first = period
    for _ in range(PERIODS_SHOWN - 1):
        first = first.previous
    which = {
        "account_id": account["account_id"], "period": period.kind, "start": period.start,
        "end": period.end, "previous_start": period.previous.start, "first": first.start,
    }  # fmt: skip
    facts = {row["kpi"]: row for row in ask(queries.FACTS, which)}
    _check(account, period, facts)
    health = ask(queries.HEALTH, which)
    return Facts(
        period=period,
        account=account,
        facts=facts,
        history=ask(queries.HISTORY, which),
        days=ask(queries.DAYS, which),
        campaigns=ask(queries.CAMPAIGNS, which),
        flows=ask(queries.FLOWS, which),
        touches=ask(queries.TOUCHES, which),
        providers=ask(queries.PROVIDERS, which),
        health=health[0] if health else None,
        anomalies=ask(queries.ANOMALIES, which),
    )


class _Asking:
    """Queries of one transaction: tables of one state, also while a build replaces them."""

    def __init__(self, session: psycopg.Connection[Any], schema: str) -> None:
        self._cursor = session.cursor(row_factory=dict_row)
        self._cursor.execute("set transaction isolation level repeatable read")
        self._cursor.execute("select set_config('search_path', %s, true)", [schema])

    def __call__(self, query: str, values: Row) -> list[Row]:
        return self._cursor.execute(query, values).fetchall()


def _check(account: Row, period: Period, facts: dict[str, Row]) -> None:
    if not facts:
        why = f"is over for {account['client']} once {period.end} was read to its end"
        message = f"{period} {why}; the last whole day is {account['last_whole_day']}."
        raise MissingError(message)
    if not facts["revenue"]["is_complete"]:
        why = "not every day was read completely: see is_missing and is_whole in"
        message = f"{period} of {account['client']}: {why} daily_client_metrics."
        raise MissingError(message)
