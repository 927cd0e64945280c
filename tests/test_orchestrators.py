"""Orchestrators run shards and build: Dagster really, Kubernetes and Airflow by their form."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from dotenv import dotenv_values

from demo.pipeline import ROOT
from sandbox import Sandbox, World
from tests.conftest import CLIENTS, MINUTES
from tests.processes import descendants
from tests.test_shards import SHARD
from tests.test_state_in_postgres import documented_uri

RUNS = "select distinct run_id, client, shard, status from analytics.pipeline_runs"


@pytest.fixture(scope="module")
def install(tmp_path_factory):
    """Makes an environment of a lock: its folder of programs."""

    def make(lock: str) -> Path:
        folder = tmp_path_factory.mktemp(lock)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        uv = Path(sys.executable).parent / "uv"
        command = [uv, "pip", "install", "--python", folder / "bin/python", "-r"]
        subprocess.run([*command, ROOT / f"locks/{lock}.txt"], check=True)
        return folder / "bin"

    return make


def _wait_for_events(shops: Sandbox, job: subprocess.Popen) -> None:
    deadline = time.monotonic() + 5 * MINUTES
    while not any(r.client == "koala" and r.path.endswith("/events") for r in shops.requests):
        assert job.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _kill(job: subprocess.Popen, shard: str) -> None:
    """Kill a shard's command and all that it has started."""
    for pid in descendants(job.pid):
        if f"--shard={shard}".encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
            for victim in [pid, *descendants(pid)]:
                os.kill(victim, signal.SIGKILL)
            return
    raise AssertionError(shard)


@pytest.fixture
def shops():
    """A Klaviyo that rejects one key, and holds another brand up when it comes to its events."""
    with Sandbox(World.invent(clients=CLIENTS), rate_factor=20) as sandbox:
        sandbox.revoke("nord")
        wait = {"Retry-After": "100"}
        sandbox.fault("/events", client="koala", status=429, headers=wait, times=None)
        yield sandbox


@pytest.fixture
def project(shops, new_project):
    start = (shops.world.until - timedelta(days=30)).date().isoformat()
    made = new_project("dagster", shops, TAP_KLAVIYO_START_DATE=start)
    made.database.execute("create schema meltano")
    made.settings["MELTANO_DATABASE_URI"] = documented_uri()
    made.know(*shops.accounts)
    return made


@pytest.fixture
def dagster(install, project, tmp_path):
    """The job over three shards, as a process; its log is in a file."""
    settings = {
        "DAGSTER_HOME": str(tmp_path),
        "KLAVIYO_ENV_FILE": str(project.pipeline.env_file),
        "KLAVIYO_SHARDS": "3",
    }
    definitions = ROOT / "deploy/dagster/definitions.py"
    command = [install("dagster") / "dagster", "job", "execute", "-j", "daily_run"]
    with (tmp_path / "log").open("w") as log:
        yield subprocess.Popen(
            [*command, "-f", definitions],
            env=project.pipeline.environment() | settings,
            stdout=log,
            stderr=log,
        )


@pytest.mark.soak
def test_dagster_retries_a_killed_shard_and_builds_in_spite_of_a_revoked_one(
    dagster, shops, project, tmp_path
):
    _wait_for_events(shops, dagster)
    _kill(dagster, SHARD["koala"])
    shops.heal()
    status = dagster.wait(timeout=20 * MINUTES)
    said = (tmp_path / "log").read_text()
    assert status != 0
    assert re.search(rf"1 shards failed: {SHARD['nord']} \S+ 3 ", said), said[-6000:]
    rows = project.database.rows(RUNS)
    assert {row["client"]: row["shard"] for row in rows} == SHARD
    assert len({row["run_id"] for row in rows}) == 1
    assert {row["client"] for row in rows if row["status"] == "failed"} == {"nord"}
    assert project.database.value("select count(*) from analytics.daily_client_metrics") > 0


@pytest.mark.soak
@pytest.mark.parametrize("name", ["shards", "build", "daily"])
def test_kubernetes_accepts_the_jobs(name, install):
    validator = install("kubernetes") / "kubernetes-validate"
    file = ROOT / f"deploy/kubernetes/{name}.yaml"
    subprocess.run([validator, "--strict", "-k", "1.33", file], check=True)


PARSE = """
import json, runpy, sys
dag = runpy.run_path(sys.argv[1])["dag"]
tasks = {t.task_id: [t.trigger_rule.value, sorted(t.upstream_task_ids)] for t in dag.tasks}
print(json.dumps([tasks, dag.get_task("shard").partial_kwargs["retries"]]))
"""


@pytest.mark.soak
def test_airflow_parses_a_dag_that_builds_whatever_comes_of_the_shards(install, tmp_path):
    python = install("airflow") / "python"
    said = subprocess.check_output(
        [python, "-W", "ignore", "-c", PARSE, ROOT / "deploy/airflow/klaviyo_daily.py"],
        env={"AIRFLOW_HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        text=True,
    )
    tasks, retries = json.loads(said.splitlines()[-1])
    assert tasks == {
        "shard": ["all_success", []],
        "build": ["all_done", ["shard"]],
        "verdict": ["all_done", ["build", "shard"]],
    }
    assert retries == 2


def test_the_jobs_of_kubernetes_call_the_commands_and_agree_on_the_number_of_shards():
    shards, build = (
        yaml.safe_load((ROOT / f"deploy/kubernetes/{name}.yaml").read_text())["spec"]
        for name in ("shards", "build")
    )
    (shard,) = shards["template"]["spec"]["containers"]
    (dbt,) = build["template"]["spec"]["containers"]
    assert f"--shard=$((JOB_COMPLETION_INDEX + 1))/{shards['completions']}" in shard["command"][-1]
    assert dbt["command"][-1] == "--build"
    (rule,) = shards["podFailurePolicy"]["rules"]
    assert rule["onExitCodes"]["values"] == [3]
    assert rule["onExitCodes"]["containerName"] == shard["name"]


def test_the_daily_jobs_of_kubernetes_and_github_run_the_image_or_setup_at_meltanos_hour():
    (schedule,) = (
        one["interval"]
        for one in yaml.safe_load((ROOT / "meltano.yml").read_text())["schedules"]
        if one["name"] == "daily"
    )
    cron = yaml.safe_load((ROOT / "deploy/kubernetes/daily.yaml").read_text())["spec"]
    workflow = yaml.safe_load((ROOT / "deploy/github/daily.yml").read_text())
    github = workflow[True]["schedule"]  # YAML 1.1 reads the key `on` as a boolean
    assert [cron["schedule"], cron["timeZone"]] == [schedule, "Etc/UTC"]
    assert github == [{"cron": schedule}]
    (container,) = cron["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert container["args"] == ["daily"]
    assert "command" not in container, "the image's entrypoint takes the name of a command"
    steps = [step.get("run") for step in workflow["jobs"]["daily"]["steps"]]
    assert steps[-2:] == ["make setup", ".venv/bin/python -m daily"]
    documented = dotenv_values(ROOT / ".env.example", interpolate=False)
    example = (ROOT / ".env.example").read_text()
    for name, value in workflow["jobs"]["daily"]["env"].items():
        assert name in documented or f"# {name}=" in example
        assert value in (f"${{{{ secrets.{name} }}}}", "prod", "require")


def test_the_settings_as_containers_take_them_have_no_quotes():
    dotenv = [Path(sys.executable).parent / "dotenv", "-f", ROOT / ".env.example"]
    lines = subprocess.check_output([*dotenv, "list", "--format=simple"], text=True).splitlines()
    values = dict(line.split("=", 1) for line in lines)
    assert json.loads(values["TAP_KLAVIYO_ACCOUNTS"])[0]["client"] == "acme"
