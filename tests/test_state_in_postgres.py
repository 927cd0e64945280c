"""State in the same Postgres, as docs/operations.md says: a machine that keeps no files goes on."""

import re
from datetime import timedelta
from pathlib import Path

from demo.pipeline import ROOT, Pipeline

EXTRACT = ("run", "tap-klaviyo", "target-postgres")
STATE = "dev:tap-klaviyo-to-target-postgres"


def documented_uri() -> str:
    """The value that .env.example gives, with its references to the database settings."""
    (uri,) = re.findall(r"^# MELTANO_DATABASE_URI='(.+)'$", _example(), flags=re.MULTILINE)
    return uri


def _example() -> str:
    return (ROOT / ".env.example").read_text()


def test_a_new_machine_goes_on_where_the_last_one_stopped(sandbox, world, new_project, tmp_path):
    start = (world.until - timedelta(days=40)).date().isoformat()
    project = new_project("state", sandbox, TAP_KLAVIYO_START_DATE=start)
    project.database.execute("create schema meltano")
    project.settings["MELTANO_DATABASE_URI"] = documented_uri()
    project.know(*sandbox.accounts[:1])
    before = len(sandbox.requests)
    project.succeed(*EXTRACT)
    first = len(sandbox.requests) - before
    kept = project.succeed("state", "get", STATE).log

    project.pipeline = _machine(tmp_path, project.settings)
    before = len(sandbox.requests)
    assert project.succeed("state", "get", STATE).log.splitlines()[-1] == kept.splitlines()[-1]
    project.succeed(*EXTRACT)

    assert len(sandbox.requests) - before < first
    assert project.database.value("select count(*) from meltano.state") == 1


def _machine(folder: Path, settings: dict[str, str]) -> Pipeline:
    """A pipeline with no files from before."""
    return Pipeline(folder / "machine", settings)
