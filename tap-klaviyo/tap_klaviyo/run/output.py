"""Standard output, where a Singer tap writes its messages."""

from __future__ import annotations

import io
import sys


def buffer_output() -> None:
    """Buffer the output even if `PYTHONUNBUFFERED` is set.

    Without a buffer, Python drops the rest of a line that a signal interrupts.
    """
    raw = getattr(sys.stdout, "buffer", None)
    if isinstance(raw, io.FileIO):
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8")
