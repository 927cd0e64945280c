"""The Postgres data source: runs a query as Grafana's server would, and answers with a frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg

from grafana.semantics.frames import Frame, to_frame
from grafana.semantics.macros import TimeRange, expand


@dataclass(frozen=True)
class Source:
    """A database and the role that reads it.

    Attributes:
        dsn: How to connect.
        search_path: Schemas to look for tables in; None for what the role itself is set to.
    """

    dsn: str
    search_path: str | None = None

    def ask(self, sql: str, asked: TimeRange, wanted: str = "table", *, ref: str = "A") -> Frame:
        """Run one query whose variables are replaced already.

        Raises:
            MacroError: A macro that Grafana would refuse.
            NoTimeColumn: A time series without a time.
            Unsorted: A time series out of order.
            psycopg.Error: What the database says.
        """
        text = expand(sql, asked)
        with psycopg.connect(self.dsn, options=self._options()) as connection:
            # Like Grafana's driver: the text as it is, by the simple protocol.
            cursor: psycopg.Cursor[Any] = psycopg.ClientCursor(connection)
            cursor.execute(text.encode())
            return to_frame(cursor.description or (), cursor.fetchall(), wanted, ref=ref, sql=text)

    def _options(self) -> str:
        path = f" -c search_path={self.search_path}" if self.search_path else ""
        return f"-c timezone=UTC -c default_transaction_read_only=on -c statement_timeout=30s{path}"
