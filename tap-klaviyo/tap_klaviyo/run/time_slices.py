"""A long span of time, read in pieces side by side and handed on in order.

A piece is a window that should fill most of one page. How long that is depends on how dense
the data are, so pieces are cut as the reading goes: the answers of the last ones say how
many records a second to expect. A busy day is cut small, quiet months become one piece. A
piece that turns out much denser than expected is cut again and read anew.
"""

from __future__ import annotations

import math
import threading
import typing as t
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from tap_klaviyo.times import Window

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

T = t.TypeVar("T")

FILL = 900  # records a piece is meant to have, of the 1,000 that fit into a page
FIRST = timedelta(days=3)  # length of pieces while nothing is known
LONGEST = timedelta(days=90)
SHORTEST = timedelta(seconds=1)  # Klaviyo refuses windows that begin and end in one second
PROBES = 16  # pieces under way at most while nothing is known
KNOWN = 4  # pieces that must have been read before anything is estimated
GROWTH = 4  # a piece is at most so many times as long as the longest before it
REMEMBERED = 8  # pieces an estimate rests on


@dataclass(frozen=True)
class Read(t.Generic[T]):
    """A piece that was read whole.

    Attributes:
        items: What it held, in order.
        records: How many records that is.
    """

    items: list[T]
    records: int


class TooDense(t.NamedTuple):
    """A piece that is better cut than read: it would take many pages, one after another."""

    per_second: float


class Share:
    """Divides what may be read ahead between the accounts that are reading, to bound memory.

    A page of events has up to 1,000 of them, and they may be small or large: how many pieces
    may be under way follows from the largest page that has been seen.
    """

    def __init__(self, pieces: int = 48, page_bytes: int = 64 << 20) -> None:
        """Divide.

        Args:
            pieces: At most so many under way, over all accounts.
            page_bytes: At most so much in their pages, if all are as large as the largest.
        """
        self._pieces = pieces
        self._page_bytes = page_bytes
        self._largest = 1
        self._places = threading.Semaphore(pieces // 2)
        self._readers = 0
        self._lock = threading.Lock()

    @contextmanager
    def of_one(self) -> Iterator[Callable[[], int]]:
        """Wait for a place among the readers.

        Yields:
            A function that tells how many pieces this reader may have under way now.
        """
        with self._places:
            self._count(1)
            try:
                yield self._allowed
            finally:
                self._count(-1)

    def saw(self, size: int) -> None:
        """Take note of a page of so many bytes."""
        with self._lock:
            self._largest = max(self._largest, size)

    def _allowed(self) -> int:
        pieces = min(self._pieces, self._page_bytes // self._largest)
        return max(2, math.ceil(pieces / self._readers))

    def _count(self, change: int) -> None:
        with self._lock:
            self._readers += change


@dataclass
class Piece(t.Generic[T]):
    """A part of the span: under way, or (without an outcome) still to be cut and sent."""

    window: Window
    per_second: float | None = None
    outcome: Future[Read[T] | TooDense] | None = None
    is_learnt: bool = False

    @property
    def is_done(self) -> bool:
        """Whether its reading has come to an end, good or bad."""
        return self.outcome is not None and self.outcome.done()

    @property
    def has_failed(self) -> bool:
        """Whether its reading, which is done, raised an error."""
        return self.outcome is not None and self.outcome.exception() is not None

    def result(self) -> Read[T] | TooDense:
        """What came of it; raises the error if it failed."""
        return t.cast("Future[Read[T] | TooDense]", self.outcome).result()


class InPieces(t.Generic[T]):
    """Iterates over a span: windows in order, each with what was read of it."""

    def __init__(
        self,
        span: Window,
        fetch: Callable[[Window], Read[T] | TooDense],
        allowed: Callable[[], int],
    ) -> None:
        """Prepare to read.

        Args:
            span: What to read; its ends lie on whole seconds.
            fetch: Reads one window; called in threads, several at a time.
            allowed: How many pieces may be under way or waiting for their turn.
        """
        self._line: deque[Piece[T]] = deque([Piece(span)] if span.start < span.end else [])
        self._fetch = fetch
        self._allowed = allowed
        self._seen: deque[tuple[int, float]] = deque(maxlen=REMEMBERED)

    def __iter__(self) -> Iterator[tuple[Window, list[T]]]:
        """Read on; errors of `fetch` are raised where the line has come to them."""
        while self._line:
            self._send()
            under_way = [p.outcome for p in self._line if p.outcome and not p.outcome.done()]
            if not self._line[0].is_done:
                wait(under_way, return_when=FIRST_COMPLETED)
            for piece in self._line:
                self._learn(piece)
            if self._line[0].is_done:
                head = self._line.popleft()
                yield head.window, t.cast("Read[T]", head.result()).items

    def _send(self) -> None:
        """Cut and send pieces as far as allowed; the first in line always, or nothing moves."""
        allowed = self._allowed()
        if self._estimate() is None:
            allowed = min(PROBES, allowed)
        place = 0
        while place < len(self._line) and (place == 0 or place < allowed):
            piece = self._line[place]
            if piece.outcome is None:
                rest = self._cut(piece)
                if rest is not None:
                    self._line.insert(place + 1, rest)
                piece.outcome = _in_thread(self._fetch, piece.window)
            place += 1

    def _cut(self, piece: Piece[T]) -> Piece[T] | None:
        """Shorten a piece to what should fill a page; returns what is left of it."""
        start, end = piece.window
        stop = start + self._length(piece.per_second or self._estimate())
        if stop >= end:
            return None
        piece.window = Window(start, stop)
        return Piece(Window(stop, end), piece.per_second)

    def _length(self, per_second: float | None) -> timedelta:
        if per_second is None:
            return FIRST
        longest = max((seconds for _, seconds in self._seen), default=FIRST.total_seconds())
        longest = min(GROWTH * longest, LONGEST.total_seconds())
        if per_second * longest < FILL:
            return timedelta(seconds=longest)
        return max(SHORTEST, timedelta(seconds=FILL // per_second))

    def _estimate(self) -> float | None:
        if len(self._seen) < KNOWN:
            return None
        return sum(n for n, _ in self._seen) / sum(seconds for _, seconds in self._seen)

    def _learn(self, piece: Piece[T]) -> None:
        """Take in what a piece says of its density, once; cut it anew if it is too dense."""
        if piece.is_learnt or not piece.is_done or piece.has_failed:
            return
        outcome = piece.result()
        if isinstance(outcome, TooDense):
            piece.per_second, piece.outcome = outcome.per_second, None
        else:
            piece.is_learnt = True
            self._seen.append((outcome.records, seconds_of(piece.window)))


def seconds_of(window: Window) -> float:
    """Length of a window in seconds."""
    return (window.end - window.start).total_seconds()


def per_second(records: int, start: datetime, last: datetime) -> float:
    """Density of a page whose records begin at `start` and reach to `last`."""
    return records / max(1.0, (last - start).total_seconds())


def _in_thread(work: Callable[[Window], T], window: Window) -> Future[T]:
    """Work in a thread of its own, which does not keep an ending run alive."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work(window))
        except BaseException as error:  # noqa: BLE001 - raised where the outcome is read
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future
