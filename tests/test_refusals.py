"""A database that refuses the loader: one line that says why, and nothing after it hides it."""

import json
import os
import subprocess
from datetime import timedelta

import pytest

from demo.pipeline import OURS
from sandbox import Sandbox, World
from tests.random_runs.targets import TARGET

SCHEMA = {
    "type": "SCHEMA", "stream": "things", "key_properties": ["id"],
    "schema": {"properties": {"id": {"type": "string"}}},
}  # fmt: skip
REFUSALS = {
    "a wrong password": ({"PGPASSWORD": "wrong-secret"}, "password authentication failed"),
    "no server": ({"PGPORT": "9"}, "Connection refused"),
    "no such database": ({"PGDATABASE": "nowhere"}, 'database "nowhere" does not exist'),
    "no right to write": ({"PGOPTIONS": "-c default_transaction_read_only=on"}, "read-only"),
    "ASCII only": ({"PGDATABASE": "ascii_only"}, 'the database "ascii_only" is SQL_ASCII'),
}


@pytest.fixture(scope="module")
def _ascii_only(server):
    server.execute(
        "create database ascii_only encoding 'SQL_ASCII' template template0 "
        "locale_provider libc lc_collate 'C' lc_ctype 'C'"
    )


def _loaded(env, *arguments):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return subprocess.run(
        [TARGET, *arguments], input=json.dumps(SCHEMA) + "\n", env=kept | env, timeout=60,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.usefixtures("_ascii_only")
@pytest.mark.parametrize("refusal", REFUSALS)
def test_the_last_line_of_the_loader_is_what_the_server_said(refusal, server):
    changes, said = REFUSALS[refusal]
    done = _loaded({**server.env, **changes})
    last = done.stderr.splitlines()[-1]
    assert done.returncode == 1
    assert said in last
    assert "make check" in last
    assert "Traceback" not in done.stderr
    assert "wrong-secret" not in done.stderr


def test_what_the_loader_is_told_by_its_own_settings_goes_before_libpqs(server, tmp_path):
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"user": "somebody", "password": "no", "port": 9}))
    done = _loaded(server.env, "--config", str(config))
    assert "port 9 failed" in done.stderr.splitlines()[-1]


def test_meltano_shows_that_line_as_critical_and_no_stack(new_project):
    until = World.invent(clients=()).until
    world = World.invent(clients=("acme",), until=until, first_day=until.date())
    with Sandbox(world, rate_factor=100) as shop:
        start = (until - timedelta(days=1)).date().isoformat()
        project = new_project("refused", shop, TAP_KLAVIYO_START_DATE=start, PGPORT="9")
        run = project.meltano("run", "tap-klaviyo", "target-postgres")
    (said,) = [line for line in run.log.splitlines() if "[critical ]" in line]
    assert run.status != 0
    assert " target-postgres Postgres: " in said
    assert "Connection refused" in said
    assert not [word for word in ("Traceback", "Error details") if word in run.log]
    assert len(run.log.splitlines()) < 25, run.log
