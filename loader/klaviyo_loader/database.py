"""Logging in to Postgres, and what it says when it refuses."""

from __future__ import annotations

import typing as t

import psycopg
import sqlalchemy
from target_postgres.connector import PostgresConnector

if t.TYPE_CHECKING:
    from collections.abc import Mapping

ERRORS = (sqlalchemy.exc.DBAPIError, psycopg.Error)
# The parts of an address. What is not set, libpq takes from where psql takes it: its variables
# (PGHOST, PGPASSFILE, ...), ~/.pgpass, the name of the user.
PARTS = {
    "host": "host", "port": "port", "user": "username", "password": "password",
    "database": "database",
}  # fmt: skip


class Connector(PostgresConnector):
    """Connects by the settings there are, and to a database that can hold every name."""

    def get_sqlalchemy_url(self, config: Mapping[str, t.Any]) -> str:
        """The address, of as many parts as are set."""
        if config.get("sqlalchemy_url"):
            return super().get_sqlalchemy_url(config)
        url = sqlalchemy.URL.create(
            config["dialect+driver"],
            query=self.get_sqlalchemy_query(config),
            **{part: config[name] for name, part in PARTS.items() if config.get(name)},
        )
        return url.render_as_string(hide_password=False)

    def create_engine(self) -> sqlalchemy.Engine:
        """An engine that asks the encoding first: SQLAlchemy itself fails in riddles."""
        engine = super().create_engine()
        sqlalchemy.event.listen(engine, "do_connect", _connect)
        return engine


def _connect(
    dialect: sqlalchemy.Dialect, _: object, arguments: list[t.Any], parts: dict[str, t.Any]
) -> t.Any:  # noqa: ANN401
    if dialect.driver == "psycopg":
        parts["prepare_threshold"] = None  # behind a pooler, a statement may meet another session
    connection = dialect.connect(*arguments, **parts)
    encoding = connection.info.parameter_status("server_encoding")
    database = connection.info.dbname
    if encoding == "SQL_ASCII":
        connection.close()
        message = (
            f'the database "{database}" is {encoding} and cannot hold every name: '
            "create database … encoding 'UTF8' template template0"
        )
        raise psycopg.DataError(message)
    return connection


def reason(error: BaseException) -> str:
    """What the server said, in one line, and what to do."""
    said = " ".join(str(getattr(error, "orig", None) or error).split())
    end = "" if said.endswith((".", "?")) else "."
    return (
        f"Postgres: {said}{end} Mend that and start again: what was stored stays, the rest is read "
        "again. `make check` tries the database."
    )
