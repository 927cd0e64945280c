"""The image's commands, run as it runs them: no root, read-only files, secrets in files."""

import json
import os
import re
import shlex
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from demo.pipeline import OURS, ROOT
from tests.conftest import MINUTES, Run

FOLDER = ROOT / "deploy/container"
CONTAINERFILE = (FOLDER / "Containerfile").read_text().replace("\\\n", " ")
SERVICE = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]["pipeline"]
PLACE = "/opt/klaviyo-reporting"
SECRETS = ("TAP_KLAVIYO_ACCOUNTS", "PGPASSWORD")
USER = 10001
IS_ROOT = os.geteuid() == 0
# The project is read-only and, for root, another user runs: one that enters private directories,
# since the image is not below a home.
SEALED = f"""
set -e
mount --bind {{root}} {{root}}
mount -o remount,bind,ro {{root}}
cd {{root}}
! touch new-file 2>/dev/null
exec {
    f"setpriv --reuid={USER} --regid={USER} --clear-groups "
    "--inh-caps=+dac_read_search --ambient-caps=+dac_read_search "
    "--securebits=+no_setuid_fixup"
    if IS_ROOT
    else ""
} "$@"
"""


def _instruction(name: str) -> str:
    """The last instruction of that name."""
    return re.findall(rf"^{name} (.+)$", CONTAINERFILE, flags=re.MULTILINE)[-1]


def _command(name: str) -> list[str]:
    return json.loads(_instruction(name))


def _settings(settings: dict[str, str], folder: Path) -> dict[str, str]:
    """What the image and its service set, with secrets in files, and a folder in place of /tmp."""
    env = dict(settings)
    for name in SECRETS:
        (folder / name).write_text(env.pop(name))
        env[f"{name}_FILE"] = f"{folder / name}"
    uri = SERVICE["environment"]["MELTANO_DATABASE_URI"].replace("$$", "$")
    env["MELTANO_DATABASE_URI"] = f"{uri}&port=${{PGPORT}}"
    for setting in shlex.split(_instruction("ENV")):
        name, _, value = setting.partition("=")
        env[name] = value.replace("/tmp", str(folder))  # noqa: S108 - the image's own
    return env


@pytest.fixture
def image(sandbox, world, new_project, tmp_path):
    """Runs a command as the image does."""
    start = (world.until - timedelta(days=20)).date().isoformat()
    project = new_project("container", sandbox, TAP_KLAVIYO_START_DATE=start)
    project.know(*sandbox.accounts[:1])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    env = kept | _settings(project.settings, tmp_path)
    for path in (tmp_path, *tmp_path.iterdir()) if IS_ROOT else ():
        os.chown(path, USER, USER)

    def run(command: list[str]) -> Run:
        namespace = ["unshare", "--mount", *([] if IS_ROOT else ["--map-root-user"])]
        script = SEALED.format(root=shlex.quote(str(ROOT)))
        done = subprocess.run(
            [*namespace, "sh", "-c", script, "sh", *command],
            env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False, timeout=10 * MINUTES,
        )  # fmt: skip
        return Run(done.returncode, done.stdout)

    return project, run


def test_the_image_runs_a_shard_and_the_daily_job_without_root_and_writes_to_tmp_only(image):
    project, run = image
    healthy = run(json.loads(_instruction("HEALTHCHECK").partition("CMD ")[2]))
    assert healthy.status == 0, healthy.log
    shard = run([*_command("ENTRYPOINT"), *_command("CMD"), "--shard=1/1"])
    assert shard.status == 0, shard.log[-4000:]
    whole = run([*_command("ENTRYPOINT"), *_command("CMD")])
    assert whole.status == 0, whole.log[-4000:]
    assert "Moved the bookmarks of 1 clients from shards to one state." in whole.log
    assert project.database.value("select count(*) from analytics.daily_client_metrics") > 0
    assert project.database.value("select count(*) from state") == 1
    secrets = [project.settings["PGPASSWORD"], project.settings[SECRETS[0]]]
    assert not [secret for secret in secrets if secret in whole.log + healthy.log]


def test_the_image_has_no_secret_and_no_root():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    for private in (".env", ".git", "grafana/secrets", "state*.json"):
        assert private in ignored
    assert _instruction("USER") == f"{USER}:{USER}"
    assert _instruction("WORKDIR") == PLACE
    assert not re.search(r"(ARG|ENV) .*(KEY|PASSWORD|TOKEN|ACCOUNTS)", CONTAINERFILE)


def test_what_git_ignores_is_not_built_into_the_image():
    lines = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text().splitlines()]
    ignored = {line.lstrip("/") for line in lines if line and not line.startswith("#")}
    named = set((ROOT / ".dockerignore").read_text().splitlines())
    caches = {"__pycache__", "*.egg-info", ".mypy_cache", ".ruff_cache", ".pytest_cache",
              ".hypothesis", "logs"}  # fmt: skip
    assert ignored - caches <= named


def test_the_service_keeps_its_files_read_only_and_drops_every_capability():
    assert SERVICE["read_only"] is True
    assert SERVICE["cap_drop"] == ["ALL"]
    assert Path(SERVICE["build"]["dockerfile"]) == FOLDER.relative_to(ROOT) / "Containerfile"
    assert not [
        name
        for name in SERVICE["environment"]
        if re.search("KEY|PASSWORD|ACCOUNTS", name) and not name.endswith("_FILE")
    ]
