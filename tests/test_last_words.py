"""How a run ends: what was read, what was not and why, and the tables; also in Meltano's log."""

import json
import re
from datetime import timedelta

import pytest

from sandbox import Sandbox, World
from tests.conftest import EXTRACT, MINUTES, Project, Run

SECRETS = ("TAP_KLAVIYO_ACCOUNTS", "PGPASSWORD")


@pytest.fixture(scope="module")
def shops():
    with Sandbox(World.invent(clients=("acme", "nord", "koala")), rate_factor=20) as sandbox:
        sandbox.revoke("nord")
        sandbox.deny_scope("koala", "campaigns:read")
        yield sandbox


@pytest.fixture(scope="module")
def project(shops, new_project) -> Project:
    recent = (shops.world.until - timedelta(days=30)).date().isoformat()
    return new_project("last_words", shops, TAP_KLAVIYO_START_DATE=recent)


def daily(project: Project, *arguments: str) -> Run:
    """`make run`, but for what it installs."""
    with project.start("daily", *arguments) as process:
        log, _ = process.communicate(timeout=20 * MINUTES)
    return Run(process.returncode, log)


@pytest.fixture(scope="module")
def whole(project, tmp_path_factory) -> Run:
    """A run whose secrets are in files, and nowhere else."""
    settings, folder = dict(project.settings), tmp_path_factory.mktemp("secrets")
    for name in SECRETS:
        (folder / name).write_text(f"{settings.pop(name)}\n")
        settings[f"{name}_FILE"] = str(folder / name)
    project.pipeline.configure(settings)
    run = daily(project)
    project.pipeline.configure(project.settings)
    return run


def test_a_run_ends_with_what_was_read_and_what_was_not_and_why(whole):
    assert whole.status == 0, whole.log[-3000:]
    last = whole.log[whole.log.rindex("The run succeeded.") :].splitlines()
    assert re.match(r"2 of 3 brands read: [\d,]+ records with [\d,]+ requests", last[1])
    lacks = [line for line in last if line.startswith("  koala: campaign")]
    assert len(lacks) == 2  # the campaigns with what comes with them, and their report
    assert all("skipped: " in line and "missing read scope" in line for line in lacks)
    (nord,) = [line for line in last if line.startswith("  nord: not read: ")]
    assert "401" in nord
    assert "TAP_KLAVIYO_ACCOUNTS" in nord
    assert not any(line.startswith("  acme") for line in last)
    assert any(re.match(r"Tables built in \d+ s", line) for line in last)
    assert "Pipeline" in last[-1]


def test_a_run_with_secrets_in_files_shows_none_of_them(whole, project):
    keys = [account["api_key"] for account in json.loads(project.settings[SECRETS[0]])]
    assert len(keys) == 3
    assert not [secret for secret in (*keys, project.settings["PGPASSWORD"]) if secret in whole.log]


def test_a_run_begins_with_a_check_that_names_what_will_be_lacking(whole):
    first = whole.log.splitlines()[:2]
    assert first[0].startswith("attention: key of nord: Klaviyo rejects")
    assert "2 of 3 keys work" in first[1]


def test_bad_settings_end_it_before_meltano_starts(project):
    changed = {**project.settings, "PGPASSWORD": "wrong"}
    project.pipeline.configure(changed)
    run = daily(project)
    project.pipeline.configure(project.settings)
    assert run.status == 1
    assert run.log.startswith("problem: Postgres: ")
    assert "Nothing was started" in run.log
    assert "meltano" not in run.log


def test_in_meltanos_log_a_brand_that_failed_is_an_error_and_the_taps_last_words(project):
    run = project.succeed(*EXTRACT)
    said = [line for line in run.log.splitlines() if " tap-klaviyo " in line]
    (nord,) = [line for line in said if "nord: not read: " in line]
    assert "[error " in nord
    (koala,) = [line for line in said if "koala: campaigns skipped: " in line]
    assert "[warning " in koala
    assert "[warning " in said[-1]
    assert "2 of 3 accounts read, 1 of them incompletely" in said[-1]


def test_a_run_that_reads_nothing_says_so(project, shops):
    for client in ("acme", "koala"):
        shops.revoke(client)
    run = project.meltano(*EXTRACT)
    for client in ("acme", "koala"):
        shops.restore(client)
    assert run.status != 0
    assert "0 of 3 accounts read" in run.log
