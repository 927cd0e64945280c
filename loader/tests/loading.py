"""The loader and the standard target as processes, and what they made of the same messages."""

import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox import target_settings
from tests.conftest import Database

PROGRAMS = Path(__file__).parents[2] / ".meltano/loaders/target-postgres/venv/bin"
OURS, STANDARD = "klaviyo-loader", "target-postgres"
SETTINGS = {
    "use_copy": True,
    "validate_records": False,
    "batch_size_rows": 50_000,
    "add_record_metadata": True,
    "activate_version": False,
    "hard_delete": False,
}
# What a run says of itself.
OF_THE_RUN = {"_sdc_received_at", "_sdc_batched_at", "_sdc_sequence", "_sdc_sync_started_at"}
COLUMNS = """
    select column_name, data_type, is_nullable, column_default from information_schema.columns
    where table_schema = %(schema)s and table_name = %(table)s order by ordinal_position
"""
CONSTRAINTS = """
    select pg_get_constraintdef(oid) as definition from pg_constraint
    where conrelid = format('%%I.%%I', %(schema)s::text, %(table)s::text)::regclass
    and contype <> 'n' order by 1
"""
TABLES = "select table_name from information_schema.tables where table_schema = %(schema)s"


@dataclass(frozen=True)
class Done:
    """A finished run."""

    status: int
    states: list[Any]
    log: str


@dataclass(frozen=True)
class Table:
    """Everything of a table, in an order of its own content."""

    columns: list[dict[str, Any]]
    constraints: list[dict[str, Any]]
    rows: list[str]


def lines(messages: Iterable[Any]) -> bytes:
    """Messages as a tap writes them; those that are text already stay as they are."""
    texts = (one if isinstance(one, str) else json.dumps(one) for one in messages)
    return "".join(f"{text}\n" for text in texts).encode()


def command(database: Database, folder: Path, schema: str, program: str, **settings: Any):
    """How to start a loader."""
    login = target_settings(database.env)
    config = folder / f"{schema}.json"
    config.write_text(
        json.dumps({**SETTINGS, **login, "default_target_schema": schema, **settings})
    )
    return [str(PROGRAMS / program), "--config", str(config)]


def load(
    database: Database, folder: Path, schema: str, messages: bytes, program=OURS, **settings: Any
) -> Done:
    """Run a loader to its end."""
    done = subprocess.run(
        command(database, folder, schema, program, **settings),
        input=messages,
        capture_output=True,
        check=False,
        timeout=120,
    )
    states = [json.loads(line) for line in done.stdout.splitlines()]
    return Done(done.returncode, states, done.stderr.decode())


def tables(database: Database, schema: str) -> dict[str, Table]:
    """All tables of a schema."""
    names = [row["table_name"] for row in database.rows(TABLES, schema=schema)]
    return {name: _table(database, schema, name) for name in names}


def _table(database: Database, schema: str, name: str) -> Table:
    columns = database.rows(COLUMNS, schema=schema, table=name)
    constraints = database.rows(CONSTRAINTS, schema=schema, table=name)
    wanted = [column for column in columns if column["column_name"] not in OF_THE_RUN]
    listed = ", ".join(_read(column) for column in wanted)
    rows = database.rows(f'select {listed} from "{schema}"."{name}"')  # noqa: S608
    return Table(columns, constraints, sorted(str(row) for row in rows))


def _read(column: dict[str, Any]) -> str:
    quoted = '"' + column["column_name"].replace('"', '""').replace("%", "%%") + '"'
    # 1.50 and 1.5 are one number.
    return f"trim_scale({quoted})::text" if column["data_type"] == "numeric" else f"{quoted}::text"
