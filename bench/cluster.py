"""The reporting tables on a Citus cluster: are they those of one Postgres?

`python -m bench.cluster FROM`, with the cluster's coordinator as libpq's variables (PGHOST and so
on) and, as an address, a database whose tables are loaded and built, such as the demo's. The raw
tables are copied to the cluster, whose database has the extension and is otherwise empty, and
everything is built there. When repeated after a daily run of the other database, it is a daily run
here, too. Prints the time and the tables that differ. CI has no cluster, so no test runs this.
"""

import argparse
import os
import tempfile
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bench.reporting import build

RAW = "tap_klaviyo"
# What says when something was built or seen, and the tables that remember other days than this.
OWN = ["read_at", "loaded_at", "changed_at", "hours_since_success", "listed_at", "newest_event_at"]
KEPT = ["int_daily_values_seen", "int_currencies_seen", "restatements"]
TABLES = """
    select format('%%I.%%I', table_schema, table_name) from information_schema.tables
    where table_schema in ('analytics', 'analytics_intermediate') and table_name <> all (%s)
    order by 1
"""
DIGEST = (
    "select count(*), md5(string_agg(line, E'\\n' order by line)) "
    "from (select (to_jsonb(t) - %s::text[])::text as line from {} as t) as lines"
)
COLUMNS = """
    select string_agg(format('%%I %%s', attname, format_type(atttypid, atttypmod)), ', ' order by attnum)
    from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped
"""  # noqa: E501
KEY = (
    "select pg_get_constraintdef(oid) from pg_constraint "
    "where conrelid = %s::regclass and contype = 'p'"
)
Connection = psycopg.Connection[Any]


def copy_raw_tables(plain: Connection, cluster: Connection) -> None:
    """Create the raw tables if they are not there, and replace their rows."""
    cluster.execute(f"create schema if not exists {RAW}")
    names = plain.execute("select tablename from pg_tables where schemaname = %s", [RAW])
    for (name,) in names.fetchall():
        table = sql.Identifier(RAW, name)
        columns, key = (
            (plain.execute(query, [table.as_string()]).fetchone() or (None,))[0]
            for query in (COLUMNS, KEY)
        )
        cluster.execute(
            sql.SQL("create table if not exists {} ({})").format(
                table, sql.SQL(", ".join(filter(None, (columns, key))))
            )
        )
        cluster.execute(sql.SQL("truncate {}").format(table))
        _copy(plain, cluster, table)


def _copy(plain: Connection, cluster: Connection, table: sql.Identifier) -> None:
    with (
        plain.cursor().copy(sql.SQL("copy {} to stdout").format(table)) as rows,
        cluster.cursor().copy(sql.SQL("copy {} from stdin").format(table)) as into,
    ):
        for part in rows:
            into.write(part)


def different(plain: Connection, cluster: Connection) -> list[str]:
    """The tables whose rows are not the same in both."""
    names = [name for (name,) in plain.execute(TABLES, [KEPT])]
    print(f"{len(names)} tables")
    return [name for name in names if _digest(plain, name) != _digest(cluster, name)]


def _digest(connection: Connection, table: str) -> Any:  # noqa: ANN401
    return connection.execute(DIGEST.format(table).encode(), [OWN]).fetchone()


def main() -> None:
    """Copy, build, compare."""
    parser = argparse.ArgumentParser(prog="python -m bench.cluster")
    parser.add_argument("plain", metavar="FROM", help="address of a loaded and built database")
    address = parser.parse_args().plain
    with (
        tempfile.TemporaryDirectory() as folder,
        psycopg.connect(address, autocommit=True) as plain,
        psycopg.connect(autocommit=True) as cluster,
    ):
        copy_raw_tables(plain, cluster)
        seconds = build(os.environ, Path(folder), "--vars", "distributed: true")
        print(f"built on the cluster in {seconds:.0f} s")
        print("different: " + (", ".join(different(plain, cluster)) or "none"))


if __name__ == "__main__":
    main()
