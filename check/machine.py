"""This machine: its Python, and room for what a run keeps."""

from __future__ import annotations

import platform
import shutil
from typing import TYPE_CHECKING

from check.finding import Finding, good, lacking

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOM = 1 << 30  # bytes; logs, state and compiled models of a year are far less


def check(folder: Path) -> Iterator[Finding]:
    """Python and disk."""
    yield good("Python", platform.python_version())
    free = shutil.disk_usage(folder).free
    text = f"{free / (1 << 30):,.1f} GiB free in {folder}"
    if free < ROOM:
        yield lacking("disk", text, "Make room: logs, state and Python packages need about 1 GiB.")
    else:
        yield good("disk", text)
