"""Standard input, line by line, with an end for a run that was told to stop."""

from __future__ import annotations

import os
import select
import sys
import time
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 1 << 16  # bytes that a pipe holds
QUIET_SECONDS = 5  # the tap has so long for its last words
PAUSE_SECONDS = 1  # in which Meltano notices that the loader has ended
LONGEST_SECONDS = 60


class Lines:
    """What the tap writes; after a signal, until it has been quiet for a while.

    Meltano does not close the pipe when a run is stopped: it waits for the loader to end.

    Attributes:
        is_stopped: Set when a signal came.
    """

    is_stopped = False

    def __iter__(self) -> Iterator[str]:
        """Whole lines; half a line that nobody ends is dropped."""
        rest = b""
        while chunk := self._chunk():
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield line.decode()
        if rest and not self.is_stopped:
            yield rest.decode()

    def _chunk(self) -> bytes:
        quiet = 0
        while not (self.is_stopped and quiet >= QUIET_SECONDS):
            if select.select([sys.stdin], [], [], 1)[0]:
                return os.read(sys.stdin.fileno(), CHUNK)
            quiet += 1
        return b""


def skip_to_a_pause() -> None:
    """Drop what the tap writes until it holds its breath, or for a minute.

    Meltano ends with a stack of its own when it writes to a loader that is no longer there.
    """
    end = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < end and select.select([sys.stdin], [], [], PAUSE_SECONDS)[0]:
        if not os.read(sys.stdin.fileno(), CHUNK):
            return
