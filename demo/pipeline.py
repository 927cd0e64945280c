"""The project's real Meltano, run apart from its owner's settings and state."""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import IO

from daily.system_folder import PLUGINS, TAP, installed, lend

ROOT = Path(__file__).resolve().parent.parent
# Whatever the shell says about these must not reach a run that has settings of its own.
OURS = ("TAP_KLAVIYO_", "TARGET_POSTGRES_", "PG", "DBT_", "MELTANO_")


class Pipeline:
    """Runs `meltano` over this project with everything it keeps in one folder.

    `meltano.yml`, the tap and the dbt project are the real ones, and the installed plugins are
    borrowed, not installed again. Settings, state and what dbt compiles are in `folder`,
    so neither `.env` nor the state of the real runs is read or changed.
    """

    def __init__(
        self, folder: Path, settings: Mapping[str, str], *, now: datetime | None = None
    ) -> None:
        """Prepare `folder` for the runs that follow.

        Args:
            folder: Where state and what dbt compiles are kept.
            settings: Environment variables as `.env` would hold them.
            now: What the tap takes for the present when it starts; the real time by default.
        """
        self.folder = folder.resolve()
        self.env_file = self.folder / "env"
        for plugin in PLUGINS:
            self._lend(plugin, installed(plugin))
        if now:
            self._lend(TAP, self._tap_at(now))
        self.configure(settings)

    def configure(self, settings: Mapping[str, str]) -> None:
        """Replace the settings of the runs that start from now on."""
        lines = [f"{name}={_quoted(value)}\n" for name, value in settings.items()]
        self.env_file.touch(mode=0o600)
        self.env_file.write_text("".join(lines))

    def start(
        self, *arguments: str, output: int | IO[str] = subprocess.PIPE, **changes: str
    ) -> "subprocess.Popen[str]":
        """Start `meltano <arguments>`, which leads a process group of its own.

        So a signal can be sent to Meltano, tap and loader together, as a terminal does on Ctrl-C.

        Args:
            arguments: What to say to Meltano.
            output: Where both its output and its errors go.
            changes: Environment variables for this run alone.
        """
        program = f"{Path(sys.executable).parent}/meltano"
        return self.spawn(
            program, f"--env-file={self.env_file}", *arguments, output=output, **changes
        )

    def spawn(
        self, *command: str, output: int | IO[str] = subprocess.PIPE, **changes: str
    ) -> "subprocess.Popen[str]":
        """Start a command in the environment of the runs, as `start` does."""
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment() | changes,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def environment(self) -> dict[str, str]:
        """The environment variables of a run: none of its owner's settings."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        return kept | {
            "MELTANO_SYS_DIR_ROOT": str(self.folder / "meltano"),
            "MELTANO_AUTO_INSTALL": "false",
            "DBT_TARGET_PATH": str(self.folder / "dbt"),
            "DBT_LOG_PATH": str(self.folder / "dbt"),
        }

    def _tap_at(self, now: datetime) -> Path:
        """An environment whose tap has a clock of its own."""
        real, venv = installed(TAP), self.folder / "tap-at"
        program = venv / "bin/tap-klaviyo"
        program.parent.mkdir(parents=True, exist_ok=True)
        # Meltano compares these to decide whether the tap must be installed again.
        for name in ("bin/python", ".meltano_plugin_fingerprint"):
            _link(venv / name, real / name)
        command = [f"{real}/bin/python", f"{ROOT}/demo/tap_at.py", now.isoformat()]
        program.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
        program.chmod(0o755)
        return venv

    def _lend(self, plugin: str, venv: Path) -> None:
        lend(self.folder / "meltano", plugin, venv)


def _link(path: Path, target: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
