"""The embedded Postgres where root's, or a private, folder is in the way."""

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.postgres_programs import binaries

ROOT = Path(__file__).resolve().parents[2]
STARTS = """
import sys, psycopg
from sandbox import Postgres
from sandbox.postgres_programs import binaries
with Postgres(sys.argv[1]) as postgres, psycopg.connect(postgres.dsn) as connection:
    print(binaries(), *connection.execute("select current_user").fetchone())
"""


def _start(folder: Path, *before: str, path: Path = ROOT) -> str:
    """Start and stop a server by a program of its own; what it printed."""
    done = subprocess.run(
        [*before, sys.executable, "-c", STARTS, str(folder / "postgres")],
        env={**os.environ, "PYTHONPATH": f"{path}{os.pathsep}{ROOT}"},
        capture_output=True, text=True, check=False, timeout=120, cwd="/",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def test_programs_and_data_may_lie_where_no_other_user_may_look(tmp_path):
    private = tmp_path / "mit blänk"
    private.mkdir(mode=0o700)
    package = binaries().parents[1]
    for part in package.parent.glob(f"{package.name}*"):
        shutil.copytree(part, private / part.name, symlinks=True)
    printed = _start(private, path=private)
    assert printed == f"{private / package.name / 'pginstall18/bin'} klaviyo"


@pytest.fixture
def somebody(tmp_path):
    """Words before a command that make it an ordinary user's; none are needed if we are one."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("nobody")
    os.chown(tmp_path, user.pw_uid, user.pw_gid)
    # Python and this project may lie in root's home: only reading them is what is borrowed.
    return [
        "setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups",
        "--inh-caps=+dac_override", "--ambient-caps=+dac_override",
        "--securebits=+no_setuid_fixup",
    ]  # fmt: skip


def test_an_ordinary_user_starts_it_too(tmp_path, somebody):
    assert _start(tmp_path, *somebody).endswith(" klaviyo")
    owner = (tmp_path / "postgres/data").stat().st_uid
    assert owner == (pwd.getpwnam("nobody").pw_uid if somebody else os.geteuid())
