"""Meltano as a process that gets the signals of its caller."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from check.settings import ROOT, for_meltano

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType


def run(file: Path, changes: Mapping[str, str], *arguments: str) -> int:
    """Run Meltano to its end. A terminal sends Ctrl-C to it as well; a service manager may not.

    Args:
        file: The file with the settings.
        changes: Environment variables for this run alone.
        arguments: What to say to Meltano.
    """
    program = Path(sys.executable).parent / "meltano"
    env = {**os.environ, **for_meltano(file), **changes}
    job = subprocess.Popen([program, f"--env-file={file}", *arguments], cwd=ROOT, env=env)

    def hand_on(signum: int, _: FrameType | None) -> None:
        if signum == signal.SIGTERM:
            job.send_signal(signum)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, hand_on)
    return job.wait()
