"""The Pythons that are promised: named in one place, held to everywhere else."""

import re
import subprocess
import sys

import pytest
import yaml

from demo.pipeline import ROOT
from tests.on_every_python import interpreter, promised

JOBS = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]


def _oldest(file):
    return re.search(r'^requires-python = ">=(.+)"$', (ROOT / file).read_text(), re.MULTILINE)[1]


def test_every_promised_python_is_tested_by_the_workflow():
    matrix = JOBS["tap"]["strategy"]["matrix"]["python"]
    assert matrix == promised()
    assert JOBS["everything"]["strategy"]["matrix"]["python"] == [matrix[0], matrix[-1]]
    assert JOBS["everything"]["steps"][-1] == {"run": ".ci/run"}


def test_the_oldest_promised_python_is_the_one_that_packages_locks_and_linters_name():
    oldest = promised()[0]
    for package in ("pyproject.toml", "tap-klaviyo/pyproject.toml", "loader/pyproject.toml"):
        assert _oldest(package) == oldest
    assert f"--python-version {oldest}\n" in (ROOT / "Makefile").read_text()
    settings = (ROOT / "pyproject.toml").read_text()
    assert f'python_version = "{oldest}"' in settings
    assert f'target-version = "py{oldest.replace(".", "")}"' in settings


def test_the_promise_has_no_gap():
    minors = [int(version.split(".")[1]) for version in promised()]
    assert minors == list(range(minors[0], minors[-1] + 1))


def test_an_interpreter_is_found_and_one_that_is_nowhere_is_not():
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert interpreter(own) is not None
    assert interpreter("3.99") is None


@pytest.mark.soak  # it installs the workspace for each
def test_the_taps_tests_pass_on_every_promised_python_of_this_machine():
    done = subprocess.run([sys.executable, "-m", "tests.on_every_python"], cwd=ROOT, check=False)
    assert done.returncode == 0
