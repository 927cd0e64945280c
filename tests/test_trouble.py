"""A wrong key, a brand that comes later, a run that is stopped in the middle."""

import os
import signal
import subprocess
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from psycopg import sql

from sandbox import Sandbox, World

MINUTES = 60.0
EXTRACT = ("run", "tap-klaviyo", "target-postgres")
WRONG = "pk_5f0e4a1c9b7d2e6f8a3c5b1d9e7f2a4c6b"
ROWS = (
    "select client, count(*)::int as rows, min(date) as first from tap_klaviyo.metric_aggregates "
    "join tap_klaviyo.accounts using (account_id) group by client"
)


@pytest.fixture(scope="module")
def three():
    with Sandbox(World.invent(clients=("acme", "nord", "koala")), rate_factor=20) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def troubled(three, new_project):
    """Two brands, and one whose key is wrong: the project and its finished run."""
    recent = (three.world.until - timedelta(days=30)).date().isoformat()
    project = new_project("troubled", three, TAP_KLAVIYO_START_DATE=recent)
    good = [account for account in three.accounts if account["client"] != "koala"]
    project.know(*good, {"client": "koala", "api_key": WRONG})
    return project, project.succeed(*EXTRACT, "dbt:build")


def test_the_other_brands_load_and_the_models_are_built(troubled):
    project, _ = troubled
    assert {row["client"] for row in project.database.rows(ROWS)} == {"acme", "nord"}
    built = project.database.rows("select distinct client from analytics.daily_client_metrics")
    assert {row["client"] for row in built} == {"acme", "nord"}


def test_the_log_names_the_brand_and_says_what_to_do(troubled):
    project, run = troubled
    said = [line for line in run.log.splitlines() if "koala" in line]
    assert any("key" in line and "TAP_KLAVIYO_ACCOUNTS" in line for line in said), said
    failed = project.database.rows("select * from tap_klaviyo.sync_log where client = 'koala'")
    assert {row["status"] for row in failed} == {"failed"}
    assert {row["account_id"] for row in failed} == {"client:koala"}
    assert all(row["error"] for row in failed)


def test_no_key_is_anywhere(troubled, three):
    project, run = troubled
    state = project.succeed("state", "get", "dev:tap-klaviyo-to-target-postgres").log
    places = {
        "log": run.log,
        "state": state,
        "files": _left_behind(project.pipeline.folder, but=project.pipeline.env_file),
        **_tables(project.database),
    }
    keys = [WRONG, *(account["api_key"] for account in three.accounts)]
    assert not [name for name, text in places.items() for key in keys if key in (text or "")]


def _tables(database):
    """Each table and view of the pipeline, as text."""
    names = database.rows(
        "select table_schema, table_name from information_schema.tables "
        "where table_schema like 'tap%%' or table_schema like 'analytics%%'"
    )
    text = sql.SQL("select string_agg(t::text, E'\\n') from {} as t")
    return {
        ".".join(name.values()): database.value(text.format(sql.Identifier(*name.values())))
        for name in names
    }


def _left_behind(folder: Path, but: Path) -> str:
    """Everything in the files of Meltano and dbt: state database, logs, compiled models."""
    files = [path for path in folder.rglob("*") if path.is_file() and path != but]
    files = [path for path in files if "venv" not in path.relative_to(folder).parts]
    return "\n".join(path.read_bytes().decode(errors="replace") for path in files)


def test_a_brand_added_later_gets_its_history_and_the_others_only_what_is_new(troubled, three):
    project, _ = troubled
    first = _requests(three)
    before = {row["client"]: row for row in project.database.rows(ROWS)}

    project.know(*three.accounts)
    project.succeed(*EXTRACT)

    now = {row["client"]: row for row in project.database.rows(ROWS)}
    made = _requests(three)
    assert now["koala"]["first"] <= before["acme"]["first"] + timedelta(days=1)
    for client in ("acme", "nord"):
        assert made[client] - first[client] < first[client]


def _requests(sandbox):
    return Counter(request.client for request in sandbox.requests)


def test_all_keys_wrong_is_a_failure_that_says_so(three, new_project):
    project = new_project("locked_out", three)
    project.know({"client": "acme", "api_key": WRONG})
    run = project.meltano(*EXTRACT)
    assert run.status != 0
    assert WRONG not in run.log


def test_a_run_stopped_by_ctrl_c_and_run_again_has_exactly_the_right_rows(
    loaded, sandbox, new_project, start_date
):
    project = new_project("stopped", sandbox, TAP_KLAVIYO_START_DATE=start_date)
    halfway = len(sandbox.requests) + loaded.requests // 2
    # A suite that runs in the background ignores Ctrl-C, and so would what it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = project.pipeline.start(*EXTRACT, output=subprocess.DEVNULL)
    signal.signal(signal.SIGINT, before)
    while len(sandbox.requests) < halfway and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    # The loader empties itself on the first signal and again on Meltano's, and may have to wait
    # half a minute for a connection each time.
    process.wait(timeout=3 * MINUTES)
    assert process.returncode != 0
    assert project.database.contents() != loaded.contents

    project.succeed(*EXTRACT)

    assert project.database.contents() == loaded.contents
