"""The tap's output, line by line, with an end for an interrupted run."""

from __future__ import annotations

import os
import select
import sys
import time
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHUNK = 1 << 18
QUIET_SECONDS = 5  # the tap has so long for its last words
PAUSE_SECONDS = 1  # in which Meltano notices that the loader has ended
LONGEST_SECONDS = 60


class Lines:
    """The tap's output; after a signal, until the tap has been silent for a while.

    Meltano does not close the pipe when a run is stopped: it waits for the loader to end.

    Attributes:
        source: File or pipe; read unbuffered by its descriptor.
    """

    def __init__(self, look: Callable[[], None], is_stopped: Callable[[], bool]) -> None:
        """Take a callback for between lines, at least once a second, and the state of the run."""
        self.source: t.IO[str] = sys.stdin
        self._look = look
        self._is_stopped = is_stopped

    def __iter__(self) -> Iterator[bytes]:
        """Whole lines; an unfinished last line is dropped."""
        begun: list[bytes] = []
        while chunk := self._chunk():
            head, *lines = chunk.split(b"\n")
            begun.append(head)
            if lines:
                yield b"".join(begun)
                yield from lines[:-1]
                begun = lines[-1:]
        rest = b"".join(begun)
        if rest and not self._is_stopped():
            yield rest

    def _chunk(self) -> bytes:
        quiet = 0
        while not (self._is_stopped() and quiet >= QUIET_SECONDS):
            self._look()
            if select.select([self.source], [], [], 1)[0]:
                return os.read(self.source.fileno(), CHUNK)
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
