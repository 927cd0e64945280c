"""One Postgres for all; one world loaded once and read by many; the real Meltano as a process."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row

from demo.earlier import LAG, two_days_before
from demo.pipeline import Pipeline
from sandbox import Postgres, Sandbox, World
from tests.builds import Build

if TYPE_CHECKING:
    import subprocess

CLIENTS = ("acme", "nord", "koala")
EXTRACT = ("run", "tap-klaviyo", "target-postgres")
DAILY = [
    f"{stream}.*"
    for stream in (
        "accounts",
        "metrics",
        "mapped_metrics",
        "metric_aggregates",
        "metric_aggregate_reads",
        "events",
        "sync_log",
    )
]
MINUTES = 60.0
# Columns that say when something was read, not what was read.
OF_THE_RUN = [
    "read_at",
    "_sdc_extracted_at",
    "_sdc_received_at",
    "_sdc_batched_at",
    "_sdc_sequence",
    "_sdc_table_version",
    "_sdc_sync_started_at",
]
DIGEST = sql.SQL(
    "select count(*) as rows, md5(string_agg(line, E'\\n' order by line)) as digest "
    "from (select (to_jsonb(t) - %(own)s::text[])::text as line from {} as t where {}) as lines"
)
# A message, form or segment has days of zeros in its series for each window in which it has any
# value, and a later run has other windows.
SAYS_SOMETHING = dict.fromkeys(
    ("flow_series", "form_version_series", "segment_series"),
    "exists (select from jsonb_each(to_jsonb(t) - %(own)s::text[]) "
    "where jsonb_typeof(value) = 'number' and value <> '0')",
)


@dataclass(frozen=True)
class Database:
    """A database of its own on the shared server."""

    env: Mapping[str, str]

    @property
    def dsn(self) -> str:
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
        known = {key: self.env[name] for key, name in names.items() if self.env.get(name)}
        return psycopg.conninfo.make_conninfo(dbname=self.env["PGDATABASE"], **known)

    def rows(self, query: str | sql.Composable, **values: Any) -> list[dict[str, Any]]:
        with psycopg.connect(self.dsn, row_factory=dict_row) as connection:
            return connection.execute(query, values).fetchall()

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(statement)

    def value(self, query: str | sql.Composable, **values: Any) -> Any:
        (row,) = self.rows(query, **values)
        (value,) = row.values()
        return value

    def contents(self) -> dict[str, tuple[int, str]]:
        """Rows and a digest of each raw table, without what belongs to a run and not to Klaviyo."""
        tables = self.rows(
            "select tablename from pg_tables where schemaname = 'tap_klaviyo' "
            "and tablename not in ('sync_log', 'metric_aggregate_reads', 'event_reads') order by 1"
        )
        return {table["tablename"]: self._digest(table["tablename"]) for table in tables}

    def _digest(self, table: str) -> tuple[int, str]:
        counts = sql.SQL(SAYS_SOMETHING.get(table, "true"))
        query = DIGEST.format(sql.Identifier("tap_klaviyo", table), counts)
        (row,) = self.rows(query, own=OF_THE_RUN)
        return row["rows"], row["digest"]


@dataclass
class Run:
    """What a finished `meltano` left behind."""

    status: int
    log: str


@dataclass
class Project:
    """A pipeline with its database and its mock Klaviyo."""

    pipeline: Pipeline
    database: Database
    settings: dict[str, str]

    def know(self, *accounts: Mapping[str, str]) -> None:
        """Settle which brands the next run reads."""
        self.settings["TAP_KLAVIYO_ACCOUNTS"] = json.dumps(accounts)
        self.pipeline.configure(self.settings)

    def start(self, module: str, *arguments: str) -> "subprocess.Popen[str]":
        """Start one of the project's own commands, which leads a process group of its own."""
        return self.pipeline.spawn(
            sys.executable, "-m", module, f"--env-file={self.pipeline.env_file}", *arguments
        )

    def meltano(self, *arguments: str, **changes: str) -> Run:
        with self.pipeline.start(*arguments, **changes) as process:
            log, _ = process.communicate(timeout=5 * MINUTES)
        return Run(process.returncode, log)

    def succeed(self, *arguments: str, **changes: str) -> Run:
        run = self.meltano(*arguments, **changes)
        assert run.status == 0, run.log[-6000:]
        return run


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with Postgres(tmp_path_factory.mktemp("postgres")) as postgres:
        yield Database(postgres.env)


@pytest.fixture(scope="session")
def new_project(
    server: Database, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Project]:
    """Makes a project with an empty database: `new_project("name", sandbox, **settings)`."""

    def make(name: str, sandbox: Sandbox, **settings: str) -> Project:
        server.execute(f'create database "{name}"')
        database = Database({**server.env, "PGDATABASE": name})
        settings = {"TAP_KLAVIYO_API_URL": sandbox.api_url, **database.env, **settings}
        pipeline = Pipeline(tmp_path_factory.mktemp(name), settings)
        project = Project(pipeline, database, settings)
        project.know(*sandbox.accounts)
        return project

    return make


@pytest.fixture(scope="session")
def world() -> World:
    return World.invent(clients=CLIENTS)


@pytest.fixture(scope="session")
def sandbox(world: World) -> Iterator[Sandbox]:
    """A Klaviyo whose reports may be asked more often than twice a minute: runs follow closely."""
    with Sandbox(world, rate_factor=20) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def start_date(world: World) -> str:
    """The day before the world began: its first day begins earlier east of Greenwich."""
    return (world.first_day - timedelta(days=1)).isoformat()


@dataclass(frozen=True)
class Loaded:
    """The world after its first whole run, which no test changes but `test_pipeline.py`.

    Before that run, what daily numbers are made of was read as it stood two days earlier, so that
    some have changed since.
    """

    project: Project
    requests_before: int
    requests: int
    contents: Mapping[str, tuple[int, str]]


@pytest.fixture(scope="session")
def loaded(
    world: World,
    sandbox: Sandbox,
    new_project: Callable[..., Project],
    start_date: str,
    dbt: Callable[..., str],
) -> Loaded:
    project = new_project("loaded", sandbox, TAP_KLAVIYO_START_DATE=start_date)
    requests_before = _read_two_days_before(project, world)
    dbt(project.database, "seed")
    dbt(project.database, "run", "--select", "+int_daily_values_seen")
    before = len(sandbox.requests)
    project.succeed(*EXTRACT, "dbt:build")
    requests = len(sandbox.requests) - before
    return Loaded(project, requests_before, requests, project.database.contents())


def _read_two_days_before(project: Project, world: World) -> int:
    """Read aggregates and events by a clock two days behind; how many requests it took."""
    earlier, _ = two_days_before(world)
    folder = project.pipeline.folder
    with Sandbox(earlier, rate_factor=20) as sandbox:
        settings = {**project.settings, "TAP_KLAVIYO_API_URL": sandbox.api_url}
        project.pipeline = Pipeline(folder, settings, now=earlier.until + LAG)
        project.succeed(*EXTRACT, TAP_KLAVIYO__SELECT=json.dumps(DAILY))
        requests = len(sandbox.requests)
    project.pipeline = Pipeline(folder, project.settings)
    return requests


@pytest.fixture(scope="session")
def dbt(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Runs dbt as the login of a database; its output, or a failed assertion."""
    folder = tmp_path_factory.mktemp("dbt")

    def run(database: Any, *arguments: str) -> str:
        with Build(database.env, folder).start(*arguments) as process:
            output, _ = process.communicate()
        assert process.returncode == 0, output[-4000:]
        return output

    return run


@pytest.fixture(scope="session")
def ask(loaded: Loaded) -> Callable[[str, str], list[dict[str, Any]]]:
    """Rows of a query about one brand: `ask("… where client = %(client)s", "acme")`."""
    return lambda query, client: loaded.project.database.rows(query, client=client)


def is_machine(event: Any) -> bool:
    """Whether a bot clicked or a machine opened, Apple Mail or another."""
    return any(
        event.properties.get(name) for name in ("Bot Click", "Apple Privacy Open", "machine_open")
    )
