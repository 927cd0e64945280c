"""A copy of the loaded database, read by the role that Grafana uses."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone

import psycopg
import pytest
import uvicorn
from psycopg import sql
from psycopg.conninfo import make_conninfo
from starlette.applications import Starlette

from grafana.authoring.files import built
from grafana.checks.choices import chosen
from grafana.checks.dashboards import drawn
from grafana.preview.npm import PAGE
from grafana.preview.server import Preview
from grafana.semantics import Frame, TimeRange, Variable, interpolate
from grafana.semantics.source import Source
from sandbox import World

QUOTED = 'O\'Brien & "Sons"'
DASHBOARDS = {dashboard["uid"]: dashboard for dashboard in built().values()}
# What names trouble, and has none to name over a good run.
OF_TROUBLE = ["pipeline: Metrics missing or without a role"]
# What needs two counts of a list, where one run has made one.
OF_TWO_RUNS = ["audience: List growth"]
# The same as in test_roles.py: roles belong to the whole server.
PASSWORD = "only-for-this-test"
CLIENT_TABLES = """
select c.relname as name from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where n.nspname = 'analytics' and c.relkind = 'r'
and 2 = (select count(*) from pg_attribute as a
    where a.attrelid = c.oid and a.attname in ('account_id', 'client'))
"""


def whole_days(world: World, client: str, asked: TimeRange) -> tuple[date, date]:
    """The first and last day of a range without today that are over by the client's own clock.

    New York's yesterday lasts until five in the morning, UTC, and no such range shows it before.
    """
    today = world.until.astimezone(world.accounts[client].brand.zone).date()
    return asked.start.date(), min(asked.end.date(), today - timedelta(days=1))


@dataclass(frozen=True)
class Warehouse:
    """The copy: `source` reads it as Grafana does, `owner` may change it."""

    source: Source
    owner: str
    today: datetime

    def days(self, count: int, *, ago: int = 0) -> TimeRange:
        """So many whole days, to yesterday or to some days ago."""
        end = self.today - timedelta(days=ago)
        return TimeRange(end - timedelta(days=count), end - timedelta(milliseconds=1))

    def ask(self, panel: dict, variables: dict[str, Variable], asked: TimeRange) -> Frame:
        (target,) = panel["targets"]
        return self.source.ask(interpolate(target["rawSql"], variables), asked, target["format"])

    def numbers(
        self,
        uid: str,
        title: str,
        asked: TimeRange,
        clients: Sequence[str] | str,
        **given: Variable,
    ) -> dict[str, list]:
        """A panel's columns with their values."""
        variables = {**chosen(DASHBOARDS[uid], self.source, asked, clients), **given}
        (panel,) = (p for p in drawn(DASHBOARDS[uid]) if p["title"] == title)
        return {f.name: f.values for f in self.ask(panel, variables, asked).fields}

    def change(self, statement: str) -> None:
        with psycopg.connect(self.owner) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def template(loaded, server, dbt) -> str:
    """A copy with the roles of transform/macros/roles.sql, which is only copied further."""
    original = loaded.project.database.env["PGDATABASE"]
    server.execute(f'create database "dashboards_template" template "{original}"')
    copy = replace(server, env={**server.env, "PGDATABASE": "dashboards_template"})
    dbt(copy, "run-operation", "create_roles")
    copy.execute(f"alter role grafana_reader password '{PASSWORD}'")
    copy.execute(f"alter role team_north password '{PASSWORD}'")
    return "dashboards_template"


@pytest.fixture(scope="session")
def copied(template, server, world) -> Callable[[str], Warehouse]:
    """Makes a copy of the loaded database under a name, read as `grafana_reader`."""

    def copy(name: str) -> Warehouse:
        server.execute(f'create database "{name}" template "{template}"')
        owner = make_conninfo(server.dsn, dbname=name)
        reader = make_conninfo(owner, user="grafana_reader", password=PASSWORD)
        today = world.until.astimezone(timezone.utc).replace(hour=0, minute=0, second=0)
        return Warehouse(Source(reader), owner, today.replace(microsecond=0))

    return copy


@pytest.fixture(scope="session")
def plain(copied) -> Warehouse:
    """The loaded database as it is."""
    return copied("dashboards_plain")


@pytest.fixture(scope="session")
def warehouse(copied) -> Warehouse:
    """The loaded database, and one client more: acme's numbers under a name with quotes."""
    warehouse = copied("dashboards")
    with psycopg.connect(warehouse.owner) as connection:
        for (table,) in connection.execute(CLIENT_TABLES).fetchall():
            _double(connection, table)
    return warehouse


def _double(connection: psycopg.Connection, table: str) -> None:
    name = sql.Identifier("analytics", table)
    change = sql.SQL(
        "create temp table doubled as select * from {name} where client = 'acme';"
        "update doubled set client = {client}, account_id = 'QUOTED';"
        "insert into {name} select * from doubled; drop table doubled"
    )
    connection.execute(change.format(name=name, client=sql.Literal(QUOTED)))


@contextmanager
def serving(app: Starlette) -> Iterator[str]:
    """Where an application answers: a port of this machine that was free."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        settings = uvicorn.Config(app, log_level="warning")
        server = uvicorn.Server(settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.05)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def address(plain) -> Iterator[str]:
    """Where the preview answers, over the loaded database."""
    with serving(Preview(plain.source, PAGE).app) as address:
        yield address
