"""What was sent: `reports.report_runs`, and who may send next.

A row is claimed before anything is sent. A mail server has a message once it was handed the end of
it; that is the one step that no database can be part of. So the row says `handing_over` before that
step, and `sent` after the answer to it. A run that is killed before may be repeated; one that is
killed within is never repeated by itself, because the client may have the message.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from check import database

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import psycopg

SENDING, HANDING_OVER, SENT, FAILED = "sending", "handing_over", "sent", "failed"

_LOCK = "select pg_try_advisory_xact_lock(hashtextextended(%(key)s, 0))"
_MAKE = """
select pg_advisory_xact_lock(hashtextextended('reports.report_runs', 0));
create schema if not exists reports;
create table if not exists reports.report_runs (
    account_id text not null,
    client text not null,
    period text not null,
    channel text not null,
    status text not null,
    recipients text[] not null,
    message_id text not null,
    sha256 text not null,
    attempts integer not null,
    started_at timestamptz not null,
    sent_at timestamptz,
    error text,
    primary key (account_id, period, channel)
);
comment on table reports.report_runs is
'One row per account, period and channel (email or slack) of a report: what was sent to whom.';
"""
_CLAIM = """
insert into reports.report_runs (
    account_id, client, period, channel, status, recipients, message_id, sha256, attempts,
    started_at
)
values (
    %(account_id)s, %(client)s, %(period)s, %(channel)s, 'sending', %(recipients)s, %(message_id)s,
    %(sha256)s, 1, now()
)
on conflict (account_id, period, channel) do update set
    client = excluded.client, status = 'sending', recipients = excluded.recipients,
    message_id = excluded.message_id, sha256 = excluded.sha256,
    attempts = report_runs.attempts + 1, started_at = now(), error = null
"""
_RECORD = """
update reports.report_runs
set
    status = %(status)s, error = %(error)s,
    sent_at = case when %(status)s = 'sent' then now() end
where (account_id, period, channel) = (%(account_id)s, %(period)s, %(channel)s)
"""
_STATUS = """
select status from reports.report_runs
where (account_id, period, channel) = (%(account_id)s, %(period)s, %(channel)s)
"""


@dataclass(frozen=True)
class Key:
    """One report to one channel, `email` or `slack`."""

    account_id: str
    period: str
    channel: str

    @property
    def values(self) -> dict[str, Any]:
        """As parameters of a statement."""
        return {"account_id": self.account_id, "period": self.period, "channel": self.channel}


class Busy(Exception):
    """Another run sends this report now."""


class Runs:
    """The table, over a session of its own."""

    def __init__(self, env: Mapping[str, str]) -> None:
        """Make the table if it is not there.

        Raises:
            psycopg.Error: The database refuses.
        """
        self._env = env
        self._session = self._connect()
        if not database.exists(self._session, "reports", "report_runs"):
            with self._session.transaction():
                self._session.execute(_MAKE)

    def _connect(self) -> psycopg.Connection[Any]:
        return database.connect(self._env, read_only=False)

    def status(self, key: Key) -> str | None:
        """How far the report has come; None if it was never begun."""
        row = self._session.execute(_STATUS, key.values).fetchone()
        return row[0] if row else None

    @contextmanager
    def held(self, key: Key) -> Iterator[None]:
        """Keep others from sending this report. The server ends the hold when this process ends.

        Raises:
            Busy: Another process holds it.
        """
        with self._connect() as session, session.transaction():
            text = f"report_runs {key.account_id} {key.period} {key.channel}"
            if session.execute(_LOCK, {"key": text}).fetchone() != (True,):
                raise Busy
            yield

    def claim(self, key: Key, **sent: Any) -> None:  # noqa: ANN401 - columns of the table
        """Say what will be sent, and to whom."""
        self._session.execute(_CLAIM, {**key.values, **sent})

    def record(self, key: Key, status: str, error: str | None = None) -> None:
        """Say how far it has come; committed when this returns."""
        self._session.execute(_RECORD, {**key.values, "status": status, "error": error})
