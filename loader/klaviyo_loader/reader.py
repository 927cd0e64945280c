"""The SDK's message reader, behind a filter that takes plain records as bytes."""

from __future__ import annotations

import typing as t

from singer_sdk.io_base import SingerMessageType, SingerReader

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from klaviyo_loader.lines import Lines


class Reader(SingerReader):
    """Reads messages from standard input or a file."""

    def __init__(self, take: Callable[[bytes], bool], lines: Lines) -> None:
        """Take the filter, which returns whether it has consumed a line, and the input."""
        super().__init__()
        self._lines = lines
        self._take = take
        self._taken = 0

    def process_lines(
        self,
        file_input: t.IO[str] | None,
        callbacks: dict[str, t.Callable[[dict[str, t.Any]], None]],
    ) -> t.Counter[str]:
        """Read to the end; returns the number of messages per type."""
        if file_input is not None:
            self._lines.source = file_input
        counts = super().process_lines(t.cast("t.IO[str]", self._left()), callbacks)
        counts[SingerMessageType.RECORD] += self._taken
        return counts

    def _left(self) -> Iterator[str]:
        """Lines left for the SDK."""
        for line in self._lines:
            if self._take(line):
                self._taken += 1
            else:
                yield line.decode()
