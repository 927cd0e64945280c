"""`python -m daily` runs the job `daily`; what would make it fail is said before it begins."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from check.__main__ import main as check
from check.settings import ROOT, from_files, read
from daily.outcome import words

if TYPE_CHECKING:
    from types import FrameType


def main(arguments: list[str]) -> int:
    """Check, run, say what it came to; the status is that of the check, or of Meltano."""
    parser = argparse.ArgumentParser("python -m daily", description=__doc__)
    parser.add_argument("--env-file", type=Path, default=ROOT / ".env")
    file = parser.parse_args(arguments).env_file
    if status := check(["--quick", f"--env-file={file}"]):
        return status
    began = datetime.now(timezone.utc).replace(microsecond=0)
    status = _meltano(file)
    lines = [f"The run {'succeeded' if status == 0 else 'did not succeed'}."]
    sys.stdout.write("\n".join(["", *lines, *words(read(file), began), ""]))
    return status


def _meltano(file: Path) -> int:
    """Run the job. A terminal sends Ctrl-C to Meltano as well; a service manager may not."""
    program = Path(sys.executable).parent / "meltano"
    env = {**os.environ, **from_files(read(file))}
    job = subprocess.Popen([program, f"--env-file={file}", "run", "daily"], cwd=ROOT, env=env)

    def hand_on(signum: int, _: FrameType | None) -> None:
        if signum == signal.SIGTERM:
            job.send_signal(signum)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, hand_on)
    return job.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
