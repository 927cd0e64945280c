"""The tap as a package of its own: its wheel, its page on an index, its entry for Meltano Hub."""

import email
import json
import subprocess
import sys
import zipfile

import pytest
import yaml

from demo.pipeline import ROOT
from sandbox import target_settings
from tests.on_every_python import UV, build_wheel, promised

PACKAGE = ROOT / "tap-klaviyo"
TARGET = ROOT / ".meltano/loaders/target-postgres/venv/bin/target-postgres"
HUB = yaml.safe_load((PACKAGE / "hub.yml").read_text())
MELTANO = yaml.safe_load((ROOT / "meltano.yml").read_text())["plugins"]["extractors"][0]
# What Meltano Hub takes in a definition of an extractor, and in a setting of it: its schemas
# plugin_definitions/extractors and common/base_setting, read in November 2026.
DEFINITION = {
    "capabilities", "description", "domain_url", "executable", "keywords", "label", "logo_url",
    "maintenance_status", "name", "namespace", "pip_url", "repo", "select", "settings",
    "settings_group_validation", "variant",
}  # fmt: skip
SETTING = {"name", "label", "kind", "sensitive", "value", "description"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of programs of an environment that has the wheel and nothing of this project."""
    venv = tmp_path_factory.mktemp("installed") / "venv"
    python = str(venv / "bin/python")
    locked = ["--require-hashes", "-r", str(ROOT / "locks/tap-klaviyo.txt")]
    for command in (
        ["venv", "--python", sys.executable, venv],
        ["pip", "install", "--python", python, *locked],
        ["pip", "install", "--python", python, "--no-deps", wheel],
    ):
        subprocess.run([UV, "--quiet", *command], check=True)
    return venv / "bin"


@pytest.fixture(scope="module")
def about(installed):
    return json.loads(_said(installed / "tap-klaviyo", "--about", "--format=json"))


def _said(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_the_wheel_has_every_module_the_licence_and_the_readme_as_its_page(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = [name for name in names if name.endswith(".dist-info/METADATA")]
        page = email.message_from_bytes(archive.read(metadata))
        (licence,) = [name for name in names if name.endswith("/LICENSE")]
        assert archive.read(licence) == (ROOT / "LICENSE").read_bytes()
    modules = {str(path.relative_to(PACKAGE)) for path in PACKAGE.glob("tap_klaviyo/**/*.py")}
    assert modules == {name for name in names if name.endswith(".py")}
    assert "tap_klaviyo/py.typed" in names
    assert page["Description-Content-Type"] == "text/markdown"
    assert page.get_payload(decode=True).decode() == (PACKAGE / "README.md").read_text()
    versions = {f"Programming Language :: Python :: {version}" for version in promised()}
    assert versions <= set(page.get_all("Classifier"))


def test_the_page_links_to_nothing_that_is_only_in_the_repository():
    targets = [part.split(")")[0] for part in (PACKAGE / "README.md").read_text().split("](")[1:]]
    assert targets
    assert [one for one in targets if not one.startswith(("https://", "#"))] == []


def test_the_wheel_alone_says_its_version_and_fills_a_database_through_the_standard_target(
    installed, sandbox, world, server, tmp_path
):
    assert _said(installed / "tap-klaviyo", "--version").startswith("tap-klaviyo v0.1.0,")
    settings = {
        "tap": {
            "accounts": sandbox.accounts[:1],
            "api_url": sandbox.api_url,
            "start_date": f"{world.until.date()}T00:00:00Z",
        },
        "target": {**target_settings(server.env), "default_target_schema": "wheel"},
    }
    for program, config in settings.items():
        (tmp_path / f"{program}.json").write_text(json.dumps(config))
    messages = _said(installed / "tap-klaviyo", "--config", tmp_path / "tap.json")
    target = [TARGET, "--config", tmp_path / "target.json"]
    subprocess.run(target, input=messages, text=True, check=True, capture_output=True)

    lines = [json.loads(line) for line in messages.splitlines()]
    events = {line["record"]["id"] for line in lines if line.get("stream") == "events"
              if line["type"] == "RECORD"}  # fmt: skip
    assert server.value("select count(*) from wheel.events") == len(events) > 0
    assert server.value("select status from wheel.sync_log where stream = 'events'") == "ok"


def test_the_entry_for_the_hub_has_the_taps_settings_and_capabilities_and_only_fields_it_takes(
    about,
):
    settings = {one["name"]: one for one in HUB["settings"]}
    schema = about["settings"]["properties"]
    assert set(HUB) == DEFINITION
    assert set().union(*settings.values()) <= SETTING
    assert set(settings) == {one["name"] for one in MELTANO["settings"]}
    kinds = {one["name"]: one.get("kind", "string") for one in MELTANO["settings"]}
    for name, setting in settings.items():
        assert setting["kind"] == kinds[name]
        assert setting["label"] == schema[name]["title"]
        assert setting["description"] == schema[name]["description"]
        assert setting.get("value") == schema[name].get("default")
        assert setting.get("sensitive") == schema[name].get("secret")
    assert HUB["capabilities"] == about["capabilities"]
    assert HUB["select"] == MELTANO["select"]
