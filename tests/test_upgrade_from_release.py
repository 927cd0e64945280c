"""From the first release to the present, over a database with data."""

import shutil
import subprocess

import pytest

from demo.pipeline import ROOT
from tests.builds import Build, contents, copy_of_database
from tests.conftest import MINUTES, Pipeline

RELEASE = "60e041a"  # 0.1.0
RUN = """
import sys
from pathlib import Path
from dotenv import dotenv_values
from demo.pipeline import Pipeline
folder = Path(sys.argv[1])
settings = {name: value for name, value in dotenv_values(folder / "env").items()}
with Pipeline(folder, settings).start("run", "tap-klaviyo", "target-postgres", "dbt:build") as run:
    sys.stdout.write(run.communicate()[0][-6000:])
sys.exit(run.returncode)
"""
# Its digests are of whole rows, whose columns an upgraded table has in another order.
IN_ORDER = "int_window_changes"
MADE = "analytics, analytics_staging, analytics_intermediate, analytics_audit"


@pytest.fixture
def release(tmp_path):
    """The project as it was released, with an environment of its own."""
    folder = tmp_path / "release"
    worktree = [shutil.which("git"), "-C", ROOT, "worktree"]
    subprocess.run([*worktree, "add", "--quiet", "--detach", folder, RELEASE], check=True)
    setup = [shutil.which("make"), "--quiet", "-C", folder, "setup"]
    subprocess.run(setup, check=True, timeout=10 * MINUTES)
    yield folder
    subprocess.run([*worktree, "remove", "--force", folder], check=True)


@pytest.fixture
def project(release, new_project, sandbox, start_date):
    """Loaded and built by the release."""
    made = new_project("released", sandbox, TAP_KLAVIYO_START_DATE=start_date)
    python = release / ".venv/bin/python"
    subprocess.run(
        [python, "-c", RUN, made.pipeline.folder], cwd=release, check=True, timeout=10 * MINUTES
    )
    made.pipeline = Pipeline(made.pipeline.folder, made.settings)
    return made


@pytest.mark.soak
def test_an_upgrade_of_the_first_release_ends_with_what_a_new_database_would_have(
    project, server, sandbox, tmp_path
):
    asked = len(sandbox.requests)
    with project.start("upgrade") as upgrade:
        said, _ = upgrade.communicate(timeout=10 * MINUTES)
    assert upgrade.returncode == 0, said[-6000:]
    assert len(sandbox.requests) - asked < asked  # bookmarks of the release are taken
    fresh = copy_of_database(server, project.database, "fresh")
    fresh.execute(f"drop schema if exists {MADE} cascade")
    Build(fresh.env, tmp_path).succeed("build", "--exclude-resource-type", "unit_test", "test")
    found, wanted = contents(project.database), contents(fresh)
    assert {name for name in wanted if found.get(name) != wanted[name]} <= {IN_ORDER}
