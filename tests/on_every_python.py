"""The tap's own tests on every Python that is promised: `make pythons`.

Uses the interpreters of this machine, wherever pyenv, uv or the system keep them, each with an
environment of its own in `.pythons/` that has the tap's wheel, and says which were not found.
Nothing is downloaded but packages. `python -m tests.on_every_python 3.10 3.14` wants these, and
fails without one of them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
TAP = ROOT / "tap-klaviyo"
FOLDER = ROOT / ".pythons"
UV = str(Path(sys.executable).parent / "uv")
VERSION = "import sys; print('.'.join(map(str, sys.version_info[:2])))"


def promised() -> list[str]:
    """The versions in the tap's classifiers, oldest first."""
    text = (TAP / "pyproject.toml").read_text()
    return re.findall(r'"Programming Language :: Python :: (3\.\d+)"', text)


def interpreter(version: str) -> Path | None:
    """A Python of this version, if this machine has one that starts."""
    return next((found for found in _candidates(version) if _starts(found, version)), None)


def _candidates(version: str) -> Iterator[Path]:
    if named := shutil.which(f"python{version}"):
        yield Path(named)
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    yield from sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}"))
    uv = [UV, "python", "find", "--no-project", "--no-python-downloads", version]
    if found := subprocess.run(uv, check=False, capture_output=True, text=True).stdout.strip():
        yield Path(found)


def _starts(python: Path, version: str) -> bool:
    """Whether it does: a shim of pyenv is there for versions that are not."""
    told = subprocess.run([python, "-c", VERSION], check=False, capture_output=True, text=True)
    return told.stdout.strip() == version


def build_wheel(folder: Path) -> Path:
    """Build the tap's wheel into an empty folder; its path."""
    subprocess.run([UV, "build", "--quiet", "--wheel", "--out-dir", folder, TAP], check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def test(python: Path, version: str, wheel: Path) -> int:
    """Run the tap's tests against its wheel on a Python; the exit status of pytest."""
    folder = FOLDER / version
    own = str(folder / "bin/python")
    quiet = [UV, "--quiet", "--no-python-downloads"]
    locked = ["-r", str(ROOT / "locks/workspace.txt")]
    subprocess.run([*quiet, "venv", "--clear", "--python", python, folder], check=True)
    subprocess.run([*quiet, "pip", "install", "--python", own, *locked], check=True)
    subprocess.run([*quiet, "pip", "install", "--python", own, "--no-deps", wheel], check=True)
    tests = [own, "-m", "pytest", "--numprocesses=2", "-q", "-p", "no:cacheprovider"]
    return subprocess.run([*tests, str(TAP / "tests")], check=False, cwd=ROOT).returncode


def main(wanted: list[str]) -> int:
    """Test on all that are wanted, or on all that are promised and found here."""
    outcome = {}
    shutil.rmtree(FOLDER / "wheel", ignore_errors=True)
    wheel = build_wheel(FOLDER / "wheel")
    for version in wanted or promised():
        python = interpreter(version)
        if python is None:
            outcome[version] = "not found here" + (", which is a failure" if wanted else "")
            continue
        sys.stdout.write(f"Python {version} ({python})\n")
        sys.stdout.flush()
        status = test(python, version, wheel)
        outcome[version] = f"failed with status {status}" if status else "passed"
    for version, words in outcome.items():
        sys.stdout.write(f"Python {version}: {words}\n")
    return int(any("fail" in words for words in outcome.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
