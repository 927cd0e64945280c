"""Postgres: can it be reached, and will it do. Nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from check.finding import Finding, fatal, good, lacking

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OLDEST = 140000
CONNECT_SECONDS = 5
SLOW_MODEL_SECONDS = 3600
MADE = ("tap_klaviyo", "analytics", "analytics_staging", "analytics_intermediate",
        "analytics_audit")  # fmt: skip

RIGHTS = """
select
    has_database_privilege(current_database(), 'create') as may_create,
    has_database_privilege(current_database(), 'temporary') as may_use_temporary,
    array(
        select wanted from unnest(%(schemas)s::text[]) as wanted
        where not exists (select from pg_namespace where nspname = wanted)
    ) as absent,
    array(
        select nspname::text from pg_namespace
        where nspname = any(%(schemas)s) and not has_schema_privilege(oid, 'create, usage')
    ) as closed
"""
TIMEOUTS = """
select name, setting::bigint * case unit when 's' then 1000 else 1 end as milliseconds
from pg_settings
where name in ('statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout')
and setting::bigint > 0
order by name
"""


def connect(env: Mapping[str, str], *, read_only: bool = True) -> psycopg.Connection[Any]:
    """A session that commits each statement; psycopg.Error if there is none to be had.

    Args:
        env: The login, as libpq's variables.
        read_only: It can read and nothing else.
    """
    parts = psycopg.pq.Conninfo.get_defaults()
    names = {part.keyword.decode(): (part.envvar or b"").decode() for part in parts}
    known: dict[str, Any] = {part: env[name] for part, name in names.items() if name in env}
    connection: psycopg.Connection[Any] = psycopg.connect(
        **(known | {"connect_timeout": CONNECT_SECONDS, "application_name": "check"})
    )
    connection.read_only = read_only
    connection.autocommit = True
    return connection


def exists(session: psycopg.Connection[Any], schema: str, table: str) -> bool:
    """Whether there is such a table or view."""
    name = sql.Identifier(schema, table).as_string(session)
    return session.execute("select to_regclass(%s)", [name]).fetchone() != (None,)


def check(env: Mapping[str, str], *, quick: bool) -> Iterator[Finding]:
    """Reach the server; then what it is, unless `quick`, what the login may do there."""
    where = f"{env.get('PGUSER')} at {env.get('PGHOST')}:{env.get('PGPORT', 5432)}"
    where += f", database {env.get('PGDATABASE')}"
    if "://" in env.get("PGHOST", ""):
        yield fatal("Postgres", "PGHOST is an address, not a host", "Put its parts into PGHOST, "
                    "PGPORT, PGUSER, PGPASSWORD and PGDATABASE.")  # fmt: skip
        return
    try:
        with connect(env) as session:
            yield from _server(session, where)
            if not quick:
                yield from _rights(session, env)
                yield from _timeouts(session)
                yield _pooler(session, env)
    except (psycopg.Error, UnicodeError) as error:
        words = " ".join(str(error).split())
        yield fatal("Postgres", f"{where}: {words}", "See PGHOST, PGPORT, PGUSER, PGPASSWORD "
                    "(or ~/.pgpass), PGDATABASE and PGSSLMODE in .env; is the server up, and open "
                    "to this machine?")  # fmt: skip


def zones(env: Mapping[str, str], wanted: set[str]) -> Iterator[Finding]:
    """Whether the server has the accounts' time zones: the models cut days by them."""
    with connect(env) as session:
        known = {name for (name,) in session.execute("select name from pg_timezone_names")}
    for zone in sorted(wanted - known):
        yield fatal("time zones", f"the server does not know {zone}",
                    "Give the server newer time zone data.")  # fmt: skip
    if wanted and wanted <= known:
        yield good("time zones", f"the server knows {', '.join(sorted(wanted))}")


def _server(session: psycopg.Connection[Any], where: str) -> Iterator[Finding]:
    info = session.info
    version = session.execute("show server_version").fetchone()[0]  # type: ignore[index]
    if info.server_version < OLDEST:
        yield fatal("Postgres", f"{where}: version {version}", "Version 14 or newer is needed.")
    else:
        yield good("Postgres", f"{where}: version {version}")
    encoding = info.parameter_status("server_encoding")
    if encoding != "UTF8":
        yield fatal("encoding", f"the database is {encoding}",
                    "Make one that holds every name: create database … encoding 'UTF8' template "
                    "template0.")  # fmt: skip
    if info.parameter_status("in_hot_standby") == "on":
        yield fatal("Postgres", "this server is a replica", "Name the primary server in PGHOST.")


def _rights(session: psycopg.Connection[Any], env: Mapping[str, str]) -> Iterator[Finding]:
    target = env.get("DBT_SCHEMA", "analytics")
    schemas = [name.replace("analytics", target, 1) for name in MADE]
    row = session.execute(RIGHTS, {"schemas": schemas}).fetchone()
    may_create, may_use_temporary, absent, closed = row  # type: ignore[misc]
    granted = f'on database "{env["PGDATABASE"]}" to "{env["PGUSER"]}";'
    wrong = []
    if absent and not may_create:
        wrong.append(fatal("rights", f"may not make the schemas {', '.join(absent)}",
                           f"As its owner: grant create {granted}"))  # fmt: skip
    if not may_use_temporary:
        wrong.append(fatal("rights", "may not use temporary tables, as the loader does",
                           f"As its owner: grant temporary {granted}"))  # fmt: skip
    wrong += [
        fatal("rights", f"may not create in schema {schema}",
              f'As its owner: grant usage, create on schema "{schema}" to "{env["PGUSER"]}";')
        for schema in closed
    ]  # fmt: skip
    yield from wrong or [good("rights", "may make schemas, tables and temporary tables")]


def _timeouts(session: psycopg.Connection[Any]) -> Iterator[Finding]:
    found = session.execute(TIMEOUTS).fetchall()
    for name, milliseconds in found:
        if milliseconds < SLOW_MODEL_SECONDS * 1000:
            yield lacking("timeouts", f"{name} is {milliseconds / 1000:,.0f} s",
                          f'A first build can take longer: alter role "{session.info.user}" set '
                          f"{name} = 0;")  # fmt: skip
    if not found:
        yield good("timeouts", "none")


def _pooler(session: psycopg.Connection[Any], env: Mapping[str, str]) -> Finding:
    """Two concurrent sessions share one process only behind a transaction pooler."""
    ask = "select pg_backend_pid()"
    with connect(env) as other:
        pids = {one.execute(ask).fetchone()[0] for one in (session, other)}  # type: ignore[index]
    if len(pids) == 1 and "MELTANO_DATABASE_URI" in env:
        return lacking("pooler", "gives each transaction to another session",
                       "Load and build work through it. State in Postgres may not: name the "
                       "server itself in MELTANO_DATABASE_URI.")  # fmt: skip
    if len(pids) == 1:
        return good("pooler", "gives each transaction to another session; that will do")
    return good("pooler", "none, or one that keeps sessions")
