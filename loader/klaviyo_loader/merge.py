"""Upserts a batch of COPY text."""

from __future__ import annotations

import typing as t
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg import sql

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import psycopg
    import sqlalchemy as sa
    from typing_extensions import LiteralString

PART = 1 << 18  # bytes sent to Postgres at a time
STAGE = (
    "create temporary table {stage} on commit drop as select {names} from {table} with no data",
)
# Where Citus has spread the table over machines (docs/scaling.md), the stage lies next to it: Citus
# would send a temporary table everywhere, or refuse to compare the two.
SPREAD_STAGE = (
    "set local citus.multi_shard_modify_mode = 'sequential'",
    "create table {stage} as select {names} from {table} with no data",
    "select create_distributed_table({stage_name}, 'account_id', colocate_with => {table_name})",
)
IS_CLUSTER = "select to_regclass('pg_dist_partition') is not null"
IS_SPREAD = (
    "select exists (select from pg_dist_partition where logicalrelid = to_regclass({table_name}))"
)


@dataclass(frozen=True)
class Merge:
    """The destination of a stream's rows.

    Attributes:
        table: Schema and name, or the name alone.
        names: Columns of the rows.
        keys: Columns of the table's primary key.
        stage: Name for the temporary table.
        compared: A stored row that has the same values in these columns stays as it is; None
            writes every row.
    """

    table: tuple[str, ...]
    names: Sequence[str]
    keys: Sequence[str]
    stage: str
    compared: Sequence[str] | None = None

    def copy(self, connection: sa.Connection, lines: list[bytes]) -> None:
        """Append the rows to a table that has none of them.

        Raises:
            psycopg.errors.UniqueViolation: It has one of them; nothing is stored.
        """
        with _transaction(connection) as cursor:
            _copy(cursor, self._filled("copy {table} ({names}) from stdin"), lines)

    def run(self, connection: sa.Connection, lines: list[bytes]) -> None:
        """Insert or update the rows in one transaction that leaves nothing in the session."""
        with _transaction(connection) as cursor:
            spread = self._is_spread(cursor)
            for statement in SPREAD_STAGE if spread else STAGE:
                cursor.execute(self._filled(statement, spread=spread))
            into_stage = self._filled("copy {stage} ({names}) from stdin", spread=spread)
            _copy(cursor, into_stage, lines)
            if self.compared is not None:
                # The planner knows nothing of a table that this statement fills, and might read
                # all of it for every row.
                cursor.execute("set local enable_seqscan = off")
            cursor.execute(
                self._filled("insert into {table} ({names}) select {names} from {stage} as new "
                             "where {is_new} on conflict ({keys}) do {update}", spread=spread)
            )  # fmt: skip
            if spread:
                cursor.execute(self._filled("drop table {stage}", spread=spread))

    def _is_spread(self, cursor: psycopg.Cursor) -> bool:
        return all(
            cursor.execute(self._filled(question)).fetchone() == (True,)
            for question in (IS_CLUSTER, IS_SPREAD)
        )

    def _filled(self, statement: LiteralString, *, spread: bool = False) -> sql.Composed:
        table = sql.Identifier(*self.table)
        stage = sql.Identifier(*(self.table[:-1] if spread else ()), self.stage)
        return sql.SQL(statement).format(
            table=table,
            table_name=table.as_string(),
            stage=stage,
            stage_name=stage.as_string(),
            names=_listed(self.names),
            keys=_listed(self.keys),
            is_new=self._is_new(sql.SQL("" if spread else "offset 0")),
            update=self._update(),
        )

    def _is_new(self, fence: sql.Composable) -> sql.Composable:
        """True of a row that the table lacks, or has with other values.

        Rows are left out before the merge: ON CONFLICT … WHERE would lock each of them, which is
        written to the table and to the WAL. The fence `offset 0` keeps Postgres from reading the
        whole table for a join; Citus refuses it.
        """
        if self.compared is None:
            return sql.SQL("true")
        same = [sql.SQL("old.{0} = new.{0}").format(sql.Identifier(key)) for key in self.keys]
        same += [
            sql.SQL("old.{0} is not distinct from new.{0}").format(sql.Identifier(name))
            for name in self.compared
        ]
        return sql.SQL("not exists (select from {table} as old where {same} {fence})").format(
            table=sql.Identifier(*self.table), same=sql.SQL(" and ").join(same), fence=fence
        )

    def _update(self) -> sql.Composable:
        others = [sql.Identifier(name) for name in self.names if name not in self.keys]
        if not others:
            return sql.SQL("nothing")
        pairs = [sql.SQL("{0} = excluded.{0}").format(name) for name in others]
        return sql.SQL("update set {}").format(sql.SQL(", ").join(pairs))


@contextmanager
def _transaction(connection: sa.Connection) -> Iterator[psycopg.Cursor]:
    driver = t.cast("psycopg.Connection", connection.connection.driver_connection)
    with connection.begin(), driver.cursor() as cursor:
        if driver.info.encoding != "utf-8":
            cursor.execute("set local client_encoding = 'UTF8'")  # the lines are UTF-8
        yield cursor


def _copy(cursor: psycopg.Cursor, statement: sql.Composed, lines: list[bytes]) -> None:
    with cursor.copy(statement) as copy:
        for part in _parts(lines):
            copy.write(part)


def _listed(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join([sql.Identifier(name) for name in names])


def _parts(lines: list[bytes]) -> Iterator[bytes]:
    part: list[bytes] = []
    size = 0
    for line in lines:
        part.append(line)
        size += len(line)
        if size > PART:
            yield b"\n".join([*part, b""])
            part, size = [], 0
    if part:
        yield b"\n".join([*part, b""])
