"""An embedded PostgreSQL: the binaries come from PyPI, the data live in one directory.

The server is a process of its own: it outlives the one that started it, and any process that
knows the directory can find it, use it and stop it. It gives up durability for speed (`fsync`
is off): for demo and tests, not for data one wants to keep, unless it is made durable.
"""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import secrets
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from sandbox.postgres_programs import (
    HOST,
    ROOT_RUNS_AS,
    PostgresError,
    binaries,
    execute,
    free_port,
    is_free,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

    from typing_extensions import Self

DATABASE = "klaviyo"
USER = "klaviyo"
_START_TRIES = 3
_DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
_CONFIGURATION = f"""
listen_addresses = '{HOST}'
unix_socket_directories = ''
timezone = 'UTC'
log_timezone = 'UTC'
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 60
max_wal_size = '2GB'
"""


def target_settings(env: Mapping[str, str]) -> dict[str, str | int]:
    """The login of libpq's environment variables, as settings of `target-postgres`."""
    return {
        "host": env["PGHOST"],
        "port": int(env["PGPORT"]),
        "user": env["PGUSER"],
        "password": env["PGPASSWORD"],
        "database": env["PGDATABASE"],
    }


class Postgres:
    """The server whose data live in a directory."""

    def __init__(self, directory: str | Path, port: int = 0) -> None:
        """Name a directory; nothing is started yet.

        Args:
            directory: Made if it does not exist.
            port: TCP port on 127.0.0.1; 0 for the one used last, or any free one.
        """
        self.directory = Path(directory).expanduser().resolve()
        self._data = self.directory / "data"
        self._secrets = self.directory / "connection.json"
        self._log = self.directory / "postgres.log"
        self._wanted_port = port
        self._is_mine = False

    def __enter__(self) -> Self:
        """Start the server unless it runs already."""
        self._is_mine = self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server if `with` started it."""
        if self._is_mine:
            self.stop()

    @property
    def env(self) -> dict[str, str]:
        """How to connect, as libpq's environment variables. PostgresError if never started."""
        known = self._known()
        return {
            "PGHOST": HOST,
            "PGPORT": str(known["port"]),
            "PGUSER": USER,
            "PGPASSWORD": str(known["password"]),
            "PGDATABASE": DATABASE,
            "PGSSLMODE": "disable",
        }

    @property
    def dsn(self) -> str:
        """How to connect, as an address."""
        env = self.env
        return (
            f"postgresql://{USER}:{env['PGPASSWORD']}@{HOST}:{env['PGPORT']}/{DATABASE}"
            "?sslmode=disable"
        )

    @property
    def psql(self) -> Path:
        """The interactive terminal that comes with the server."""
        return binaries() / "psql"

    def start(self) -> bool:
        """Start the server and make the database; False if it ran already."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with self._alone():
            if self.is_running():
                return False
            if not (self._data / "PG_VERSION").exists():
                self._initialise()
            self._launch()
            self._make_database()
        return True

    def stop(self) -> bool:
        """Stop the server, breaking off its sessions; False if it was not running."""
        if not self.directory.exists():
            return False
        with self._alone():
            if not self.is_running():
                return False
            self._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self._data))
        return True

    def make_durable(self) -> None:
        """Let the running server keep what it has committed, whatever happens."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            for setting in _DURABLE:
                change = sql.SQL("ALTER SYSTEM SET {} = on").format(sql.Identifier(setting))
                connection.execute(change)
            connection.execute("SELECT pg_reload_conf()")

    def is_running(self) -> bool:
        """Whether a server runs on the directory, no matter who started it."""
        if not (self._data / "postmaster.pid").exists():
            return False
        return execute("pg_ctl", "status", "-D", str(self._data)).returncode == 0

    def _known(self) -> dict[str, str | int]:
        try:
            known: dict[str, str | int] = json.loads(self._secrets.read_text())
        except FileNotFoundError as error:
            message = f"there is no Postgres in {self.directory}; start it first"
            raise PostgresError(message) from error
        return known

    def _remember(self, password: str, port: int) -> None:
        part = self.directory / f"connection.{os.getpid()}"
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123
            json.dump({"port": port, "password": password}, file)
        part.replace(self._secrets)

    def _initialise(self) -> None:
        """Make the cluster; the password is made up here and kept in the directory only."""
        shutil.rmtree(self._data, ignore_errors=True)  # a half-made one
        self._data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            owner = pwd.getpwnam(ROOT_RUNS_AS)
            os.chown(self._data, owner.pw_uid, owner.pw_gid)
        password = secrets.token_urlsafe(24)
        self._remember(password, self._wanted_port or free_port())
        read, write = os.pipe()
        os.write(write, password.encode() + b"\n")
        os.close(write)
        try:
            self._run(
                "initdb", "-D", str(self._data), "-U", USER, "--encoding=UTF8",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync",
                "--auth=scram-sha-256", f"--pwfile=/dev/fd/{read}", keep=read,
            )  # fmt: skip
        finally:
            os.close(read)
        with (self._data / "postgresql.conf").open("a") as file:
            file.write(_CONFIGURATION)

    def _launch(self) -> None:
        """Start on the wanted port, else the last one, else (if that is taken) a free one."""
        known = self._known()
        port = self._wanted_port or int(known["port"])
        for attempt in range(_START_TRIES):
            if not self._wanted_port and (attempt or not is_free(port)):
                port = free_port()
            done = execute(
                "pg_ctl", "start", "-w", "-D", str(self._data), "-l", str(self._log),
                "-o", f"-p {port}",
            )  # fmt: skip
            if done.returncode == 0:
                self._remember(str(known["password"]), port)
                return
        last_words = "\n".join(self._log.read_text().splitlines()[-5:])
        message = f"PostgreSQL did not start on port {port}; {self._log} ends with\n{last_words}"
        raise PostgresError(message)

    def _make_database(self) -> None:
        address = self.dsn.replace(f"/{DATABASE}?", "/postgres?")
        with psycopg.connect(address, autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if found.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from starting or stopping the same server meanwhile."""
        with (self.directory / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @staticmethod
    def _run(program: str, *arguments: str, keep: int | None = None) -> None:
        done = execute(program, *arguments, keep=keep)
        if done.returncode != 0:
            message = f"{program} failed: {done.stderr.strip() or done.stdout.strip()}"
            raise PostgresError(message)
