"""The image's commands, run as it runs them: no root, read-only files, secrets in files."""

import json
import os
import re
import shlex
import subprocess
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from demo.pipeline import OURS, ROOT
from tests.conftest import MINUTES, Project

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


@dataclass(frozen=True)
class Image:
    """A project whose commands run as in the image; `folder` is its /tmp."""

    project: Project
    folder: Path
    env: dict[str, str]

    def run(self, *arguments: str, **more: str) -> str:
        """Run the image with arguments, which must succeed; what it printed."""
        return self.succeed([*_command("ENTRYPOINT"), *arguments], **more)

    def succeed(self, command: list[str], **more: str) -> str:
        namespace = ["unshare", "--mount", *([] if IS_ROOT else ["--map-root-user"])]
        script = SEALED.format(root=shlex.quote(str(ROOT)))
        done = subprocess.run(
            [*namespace, "sh", "-c", script, "sh", *command],
            env=self.env | more, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False, timeout=10 * MINUTES,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-4000:]
        return done.stdout

    def file(self, name: str, text: str) -> Path:
        """A file that the image's user may write."""
        path = self.folder / name
        path.write_text(text)
        if IS_ROOT:
            os.chown(path, USER, USER)
        return path


@pytest.fixture(scope="module")
def image(sandbox, world, new_project, tmp_path_factory):
    start = (world.until - timedelta(days=20)).date().isoformat()
    project = new_project("container", sandbox, TAP_KLAVIYO_START_DATE=start)
    project.know(*sandbox.accounts[:1])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    folder = tmp_path_factory.mktemp("image")
    env = kept | _settings(project.settings, folder)
    for path in (folder, *folder.iterdir()) if IS_ROOT else ():
        os.chown(path, USER, USER)
    return Image(project, folder, env)


@pytest.fixture(scope="module")
def log(image):
    """What a day with a shard, and one without, have printed."""
    shard = image.run(*_command("CMD"), "--shard=1/1")
    return shard + image.run(*_command("CMD"))


def test_the_image_runs_a_shard_and_the_daily_job_without_root_and_writes_to_tmp_only(image, log):
    assert "Moved the bookmarks of 1 clients from shards to one state." in log
    database = image.project.database
    assert database.value("select count(*) from analytics.daily_client_metrics") > 0
    assert database.value("select count(*) from state") == 1
    healthy = image.succeed(json.loads(_instruction("HEALTHCHECK").partition("CMD ")[2]))
    secrets = [image.project.settings["PGPASSWORD"], image.project.settings[SECRETS[0]]]
    assert not [secret for secret in secrets if secret in log + healthy]


@pytest.mark.usefixtures("log")
def test_the_image_makes_the_reports_that_are_due(image):
    database = image.project.database
    database.execute("delete from analytics_staging.client_reports where client <> 'acme'")
    database.execute("update analytics_staging.client_reports set cadence = 'week'")
    made = image.run("report", "--due")
    written = Path(made.partition("written to ")[2].strip())
    assert written.is_relative_to(image.folder)
    assert written.read_bytes().startswith(b"%PDF")


def test_the_image_adds_a_client_to_the_file_of_accounts(image, sandbox):
    koala = next(one for one in sandbox.accounts if one["client"] == "koala")
    accounts = image.file("accounts", image.project.settings[SECRETS[0]])
    key = image.file("key", koala["api_key"])
    said = image.run("brand", "--client=koala", f"--key-file={key}", "--yes",
                     TAP_KLAVIYO_ACCOUNTS_FILE=str(accounts))  # fmt: skip
    assert [one["client"] for one in json.loads(accounts.read_text())] == ["acme", "koala"]
    assert koala["api_key"] not in said


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
