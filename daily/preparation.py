"""What comes before anything is loaded."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from check.__main__ import main as check
from check.database import connect
from check.settings import STATE, read
from forget.profiles import enforce

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def begin(file: Path) -> int:
    """Check, and see to it that a recreated raw table takes no forgotten person back."""
    status = check(["--quick", f"--env-file={file}"])
    if status == 0:
        with connect(read(file), read_only=False) as session:
            for table in enforce(session):
                sys.stdout.write(f"Forgotten persons are kept out of {table} again.\n")
    return status


def has_one_state(env: Mapping[str, str]) -> bool:
    """Whether an undivided run finds all bookmarks: those of shards are moved together first."""
    if not env.get(STATE, "").startswith("postgres"):
        return True
    from daily.shard import rejoin  # noqa: PLC0415 - imports Meltano, which takes a second

    return rejoin(env)
