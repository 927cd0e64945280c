"""Where a Singer tap writes its messages: standard output."""

from __future__ import annotations

import io
import sys


def buffer_output() -> None:
    """Give the output a buffer where `PYTHONUNBUFFERED` took it away.

    Without one, Python drops the rest of a line whose writing a signal interrupts.
    """
    raw = getattr(sys.stdout, "buffer", None)
    if isinstance(raw, io.FileIO):
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8")
