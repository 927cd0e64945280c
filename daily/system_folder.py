"""Folders in which Meltano keeps what belongs to its runs, so that several run concurrently.

Two of Meltano in one system folder overwrite each other's files in `run/`. A further folder borrows
the installed plugins and has all else to itself.
"""

from __future__ import annotations

import os
from pathlib import Path

from check.settings import ROOT

TAP = "extractors/tap-klaviyo"
PLUGINS = (TAP, "loaders/target-postgres", "utilities/dbt")


def installed(plugin: str) -> Path:
    """The environment of a plugin, as `make setup` installs it."""
    return ROOT / ".meltano" / plugin / "venv"


def lend(folder: Path, plugin: str, venv: Path) -> None:
    """Link a plugin's environment into a system folder."""
    path = folder / plugin / "venv"
    if path.is_symlink() and path.readlink() == venv:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(venv)


def prepare() -> None:
    """Link the plugins into the system folder if it is not the project's own, as in a container.

    With `MELTANO_SYS_DIR_ROOT`, everything that Meltano writes is there, and the project may be
    read-only.
    """
    folder = _own()
    for plugin in PLUGINS if folder != ROOT / ".meltano" else ():
        if not (folder / plugin / "venv").exists():
            lend(folder, plugin, installed(plugin))


def of_shard(number: int) -> Path:
    """The system folder of a shard, ready for a run."""
    folder = _own() / "shards" / str(number)
    for plugin in PLUGINS:
        lend(folder, plugin, _own() / plugin / "venv")
    return folder


def _own() -> Path:
    """The system folder of undivided runs."""
    return Path(os.environ.get("MELTANO_SYS_DIR_ROOT", ROOT / ".meltano")).absolute()
