"""dbt as a process: builds that succeed, fail, run concurrently or are killed."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from psycopg import sql

from demo.pipeline import ROOT

DBT = ROOT / ".meltano/utilities/dbt/venv/bin/dbt"
TRANSFORM = ROOT / "transform"
MINUTES = 60.0
STUBBED_CITUS = (ROOT / "tests/stubbed_citus.sql").read_text()
# What says when something was built or seen, and what only a run at the time can know.
OWN = [
    "read_at", "loaded_at", "changed_at", "hours_since_success", "listed_at", "newest_event_at",
]  # fmt: skip
KEPT = {"int_daily_values_seen", "int_currencies_seen", "restatements"}
DIGEST = sql.SQL(
    "select md5(string_agg(line, E'\\n' order by line)) from "
    "(select (to_jsonb(t) - %(own)s::text[])::text as line from {} as t) as lines"
)


def contents(database: Any) -> dict[str, str]:
    """A digest of every table that dbt builds."""
    tables = database.rows(
        "select table_schema, table_name from information_schema.tables "
        "where table_schema in ('analytics', 'analytics_intermediate')"
    )
    return {
        name: database.value(DIGEST.format(sql.Identifier(table["table_schema"], name)), own=OWN)
        for table in tables
        if (name := table["table_name"]) not in KEPT
    }


@dataclass
class Build:
    """A way to run dbt over one database, with a folder of its own.

    Attributes:
        env: The login, as libpq's variables.
        folder: Where dbt compiles to, so that two of them can run concurrently.
        project: The dbt project; the real one, or a copy with other seeds.
    """

    env: Mapping[str, str]
    folder: Path
    project: Path = field(default=TRANSFORM)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start dbt; its output can be read from the process."""
        settings = {
            "DBT_PROJECT_DIR": str(self.project),
            "DBT_PROFILES_DIR": str(self.project / "profiles"),
            "DBT_TARGET_PATH": str(self.folder),
            "DBT_LOG_PATH": str(self.folder),
        }
        return subprocess.Popen(
            [str(DBT), "--no-use-colors", *arguments],
            env={"PATH": os.environ["PATH"], **self.env, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run dbt to its end: its exit status and its output."""
        with self.start(*arguments) as process:
            output, _ = process.communicate(timeout=5 * MINUTES)
        return process.returncode, output

    def succeed(self, *arguments: str) -> str:
        """Run dbt, which must succeed; its output."""
        status, output = self.run(*arguments)
        assert status == 0, output[-6000:]
        return output

    def fail(self, *arguments: str) -> str:
        """Run dbt, which must fail; its output."""
        status, output = self.run(*arguments)
        assert status != 0, output[-6000:]
        return output


def copy_of_database(server: Any, original: Any, name: str) -> Any:
    """A copy of another database on the server, in place of one that has the name."""
    server.execute(f'drop database if exists "{name}" with (force)')
    server.execute(f'create database "{name}" template "{original.env["PGDATABASE"]}"')
    return replace(server, env={**server.env, "PGDATABASE": name})


def copy_of_project(folder: Path, **seeds: str) -> Path:
    """The dbt project with other seeds, by name."""
    project = folder / "transform"
    shutil.copytree(TRANSFORM, project, ignore=shutil.ignore_patterns("target", "logs"))
    for name, text in seeds.items():
        (project / f"seeds/{name}.csv").write_text(text)
    return project
