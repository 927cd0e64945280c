"""The processes of a run of Meltano: who is who, and whether they are gone."""

import subprocess
import time
from pathlib import Path

PROGRAMS = {"target-postgres": "klaviyo-loader"}


def descendants(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [int(pid) for pid in children] + [d for c in children for d in descendants(int(c))]


def named(victim: str, process: subprocess.Popen) -> int | None:
    """The process among those that we started whose program is the victim."""
    program = PROGRAMS.get(victim, victim)
    for pid in [process.pid, *descendants(process.pid)]:
        command = Path(f"/proc/{pid}/cmdline")
        words = command.read_bytes().split(b"\0") if command.exists() else []
        if any(word.decode().endswith(f"/bin/{program}") for word in words[:2]):
            return pid
    return None


def gone(pids: list[int]) -> None:
    """Wait for those that a killed Meltano left behind: they end when their pipes break."""
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < deadline, f"still running: {pids}"
        time.sleep(0.05)
