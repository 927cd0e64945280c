"""The Postgres data source: runs a query as Grafana's server would, and answers with a frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg

from grafana.semantics.frames import Frame, to_frame
from grafana.semantics.macros import TimeRange, expand

# Of the transaction alone: a pooler may hand the session on. With conforming strings a doubled
# quote is all that a quoted value needs.
_SET = """
select set_config('timezone', 'UTC', true),
    set_config('statement_timeout', %(seconds)s, true),
    set_config('standard_conforming_strings', 'on', true),
    set_config('search_path', coalesce(%(path)s, current_setting('search_path')), true)
"""


@dataclass(frozen=True)
class Source:
    """A database and the role that reads it.

    Attributes:
        dsn: How to connect.
        search_path: Schemas to look for tables in; None for what the role itself is set to.
        seconds: How long a query may take.
    """

    dsn: str
    search_path: str | None = None
    seconds: int = 30

    def ask(self, sql: str, asked: TimeRange, wanted: str = "table", *, ref: str = "A") -> Frame:
        """Run one query whose variables are replaced already.

        Raises:
            MacroError: A macro that Grafana would refuse.
            NoTimeColumn: A time series without a time.
            Unsorted: A time series out of order.
            psycopg.Error: What the database says.
        """
        text = expand(sql, asked)
        with psycopg.connect(self.dsn) as connection:
            connection.read_only = True
            connection.execute(_SET, self._settings())
            # Like Grafana's driver: the text as it is, by the simple protocol.
            cursor: psycopg.Cursor[Any] = psycopg.ClientCursor(connection)
            cursor.execute(text.encode())
            return to_frame(cursor.description or (), cursor.fetchall(), wanted, ref=ref, sql=text)

    def _settings(self) -> dict[str, str | None]:
        return {"seconds": f"{self.seconds}s", "path": self.search_path}
