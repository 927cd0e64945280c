"""What is deleted, and what is written down about it.

`tap_klaviyo.event_retention` holds each account's first day whose events are kept. Models that
read raw events leave the rows of earlier days as they are, in a full refresh as well
(`transform/macros/kept_days.sql`): without the events, they would count none.

Events of 35 more days are kept, because an order can be credited to a message of the month before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from psycopg import sql

from check.database import exists

if TYPE_CHECKING:
    from datetime import date, datetime

    import psycopg

    Session = psycopg.Connection[Any]

RAW = "tap_klaviyo"
LEAST_MONTHS = 2
MARGIN_DAYS = 35
"""Klaviyo's longest attribution window has 30 days."""

TABLE = """
create table if not exists tap_klaviyo.event_retention (
    account_id text primary key,
    kept_from date not null,
    deleted_at timestamptz not null default now(),
    deleted_by text not null default session_user
);
comment on table tap_klaviyo.event_retention is
    'Each account''s first day whose raw events are kept; numbers of earlier days stay.';
"""
ACCOUNTS = (
    "select account_id, client, timezone from {staging}.stg_klaviyo__accounts order by client"
)
BOUNDS = """
select kept_from, ((kept_from - %(margin)s)::timestamp at time zone %(zone)s) at time zone 'UTC'
from (
    select greatest(
        date_trunc('month', now() at time zone %(zone)s) - make_interval(months => %(months)s),
        (select kept_from from tap_klaviyo.event_retention where account_id = %(account)s)
    )::date as kept_from
) as bounds
"""
# As the builds do (transform/macros/one_build.sql): none begins while the transaction lasts.
LOCK = """
select pg_try_advisory_xact_lock(hashtext('klaviyo_reporting build'), hashtext(%s))
and not exists (select from {staging}.build_in_progress)
"""
UNBUILT = """
select exists (
    select from tap_klaviyo.events
    where account_id = %(account)s and datetime < %(until)s and _sdc_batched_at > coalesce((
        select max(read_at) from {intermediate}.int_event_day_reads
        where account_id = %(account)s
    ), '-infinity')
) or exists (
    select from {intermediate}.int_event_day_reads
    where account_id = %(account)s and date_day < %(kept_from)s and read_at > coalesce((
        select max(read_at) from {intermediate}.int_person_days where account_id = %(account)s
    ), '-infinity')
)
"""
REMEMBER = """
insert into tap_klaviyo.event_retention (account_id, kept_from)
values (%(account)s, %(kept_from)s)
on conflict (account_id) do update
set kept_from = excluded.kept_from, deleted_at = now(), deleted_by = session_user
"""
DELETE = "delete from tap_klaviyo.events where account_id = %(account)s and datetime < %(until)s"


class RefusedError(Exception):
    """Nothing can be deleted now; says why and what to do."""


class Account(NamedTuple):
    """An account whose tables are built."""

    account_id: str
    client: str
    timezone: str


class Deleted(NamedTuple):
    """What was deleted of an account."""

    events: int
    until: datetime
    kept_from: date

    def __str__(self) -> str:
        """As a line."""
        return (
            f"{self.events} events before {self.until:%Y-%m-%d %H:%M} UTC were deleted. Numbers of "
            f"days before {self.kept_from} stay as they are."
        )


def accounts(session: Session, schema: str) -> list[Account]:
    """The accounts of a set of tables.

    Raises:
        RefusedError: There are no tables, or a cluster.
    """
    if exists(session, "pg_catalog", "pg_dist_partition"):
        message = "On a cluster, events are not deleted: models could not tell which days stay."
        raise RefusedError(message)
    if not exists(session, f"{schema}_intermediate", "int_person_days"):
        message = f"{schema} has no tables: build them first, since they keep the numbers."
        raise RefusedError(message)
    return [Account(*row) for row in session.execute(_of(ACCOUNTS, schema))]


def delete(session: Session, schema: str, account: Account, months: int) -> Deleted:
    """Delete an account's events of older months, in one transaction.

    Raises:
        RefusedError: A build is in progress, or has not seen all of these events.
    """
    with session.transaction():
        session.execute(TABLE)
        if session.execute(_of(LOCK, schema), [schema]).fetchone() != (True,):
            message = "A build is in progress, or was killed: run `make build`, then try again."
            raise RefusedError(message)
        asked = {"account": account.account_id, "zone": account.timezone, "months": months,
                 "margin": MARGIN_DAYS}  # fmt: skip
        [(kept_from, until)] = session.execute(BOUNDS, asked)
        bounds = {"account": account.account_id, "kept_from": kept_from, "until": until}
        if session.execute(_of(UNBUILT, schema), bounds).fetchone() == (True,):
            message = "Some of these events are in no number yet: run `make build`, then try again."
            raise RefusedError(message)
        session.execute(REMEMBER, bounds)
        return Deleted(session.execute(DELETE, bounds).rowcount, until, kept_from)


def _of(query: str, schema: str) -> sql.Composed:
    return sql.SQL(query).format(
        staging=sql.Identifier(f"{schema}_staging"),
        intermediate=sql.Identifier(f"{schema}_intermediate"),
    )
