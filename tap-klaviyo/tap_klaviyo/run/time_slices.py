"""Reads a long span in time slices, several concurrently, and returns them in order.

A slice is a window that should fill most of one page. The right length depends on the density of
the data, so slices are cut while reading, from the density of the last few: a busy day is cut
into short slices, quiet months are one. A slice that turns out much denser than estimated is cut
again and re-read.
"""

from __future__ import annotations

import threading
import typing as t
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from datetime import timedelta

from tap_klaviyo.run.concurrency import MAX_UNKNOWN_IN_FLIGHT
from tap_klaviyo.times import Window

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

T = t.TypeVar("T")

TARGET_RECORDS = 900  # per slice, of the 1,000 that fit on a page
INITIAL_SPAN = timedelta(days=3)  # length of a slice while the density is unknown
MAX_SPAN = timedelta(days=90)
MIN_SPAN = timedelta(seconds=1)  # Klaviyo rejects windows that begin and end in the same second
MIN_SAMPLES = 4  # slices read before the density is estimated
SAMPLES_KEPT = 8  # slices that an estimate is based on
MAX_GROWTH = 4  # a slice is at most so many times as long as the longest sample


@dataclass(frozen=True)
class SliceResult(t.Generic[T]):
    """A slice that was read completely.

    Attributes:
        items: Its pages, in order.
        records: How many records they hold.
    """

    items: list[T]
    records: int


class TooDense(t.NamedTuple):
    """A slice that should be cut rather than read: it would take many pages in sequence."""

    per_second: float


@dataclass
class Slice(t.Generic[T]):
    """A part of the span: in flight or read or, without an outcome, still to be cut and sent."""

    window: Window
    per_second: float | None = None
    outcome: Future[SliceResult[T] | TooDense] | None = None
    is_sampled: bool = False

    @property
    def is_done(self) -> bool:
        """Whether reading it has ended, successfully or not."""
        return self.outcome is not None and self.outcome.done()

    @property
    def has_failed(self) -> bool:
        """Whether reading it, which has ended, raised an error."""
        return self.outcome is not None and self.outcome.exception() is not None

    def result(self) -> SliceResult[T] | TooDense:
        """What was read; raises the error if it failed."""
        return t.cast("Future[SliceResult[T] | TooDense]", self.outcome).result()

    def split_at(self, stop: datetime) -> tuple[Slice[T], Slice[T]]:
        """The slice up to a time, and the rest of it."""
        start, end = self.window
        return (
            Slice(Window(start, stop), self.per_second),
            Slice(Window(stop, end), self.per_second),
        )


class AdaptiveReader(t.Generic[T]):
    """Iterates over one or more spans: windows in order, each with its pages."""

    def __init__(
        self,
        spans: Iterable[Window],
        fetch: Callable[[Window], SliceResult[T] | TooDense],
        allowed: Callable[[], int],
    ) -> None:
        """Prepare to read.

        Args:
            spans: What to read, in order; each begins and ends on whole seconds.
            fetch: Reads one window; called in threads, several at a time.
            allowed: How many slices may be in flight, or waiting for their turn.
        """
        self._slices: deque[Slice[T]] = deque(
            Slice(span) for span in spans if span.start < span.end
        )
        self._fetch = fetch
        self._allowed = allowed
        self._samples: deque[tuple[int, float]] = deque(maxlen=SAMPLES_KEPT)

    def __iter__(self) -> Iterator[tuple[Window, list[T]]]:
        """Read; an error of `fetch` is raised after everything before its slice."""
        while self._slices:
            self._send()
            in_flight = [s.outcome for s in self._slices if s.outcome and not s.outcome.done()]
            if not self._slices[0].is_done:
                wait(in_flight, return_when=FIRST_COMPLETED)
            for one in self._slices:
                self._sample(one)
            if self._slices[0].is_done:
                first = self._slices.popleft()
                yield first.window, t.cast("SliceResult[T]", first.result()).items

    def _send(self) -> None:
        """Cut and send slices as far as allowed; always the first one, so that reading goes on."""
        allowed = self._allowed()
        if self._density() is None:
            allowed = min(MAX_UNKNOWN_IN_FLIGHT, allowed)
        place = 0
        while place < len(self._slices) and (place == 0 or place < allowed):
            if self._slices[place].outcome is None:
                self._cut(place)
                one = self._slices[place]
                one.outcome = _in_thread(self._fetch, one.window)
            place += 1

    def _cut(self, place: int) -> None:
        """Split a slice if only a part of it should fill a page."""
        one = self._slices[place]
        stop = one.window.start + self._length(one.per_second or self._density())
        if stop < one.window.end:
            self._slices[place], rest = one.split_at(stop)
            self._slices.insert(place + 1, rest)

    def _length(self, per_second: float | None) -> timedelta:
        if per_second is None:
            return INITIAL_SPAN
        initial = INITIAL_SPAN.total_seconds()
        longest = max((seconds for _, seconds in self._samples), default=initial)
        longest = min(MAX_GROWTH * longest, MAX_SPAN.total_seconds())
        if per_second * longest < TARGET_RECORDS:
            return timedelta(seconds=longest)
        return max(MIN_SPAN, timedelta(seconds=TARGET_RECORDS // per_second))

    def _density(self) -> float | None:
        """Estimated records per second; None while too few slices were read."""
        if len(self._samples) < MIN_SAMPLES:
            return None
        return sum(n for n, _ in self._samples) / sum(seconds for _, seconds in self._samples)

    def _sample(self, one: Slice[T]) -> None:
        """Take the density of a slice into account, once; reset it if it is too dense."""
        if one.is_sampled or not one.is_done or one.has_failed:
            return
        outcome = one.result()
        if isinstance(outcome, TooDense):
            one.per_second, one.outcome = outcome.per_second, None
        else:
            one.is_sampled = True
            self._samples.append((outcome.records, seconds_of(one.window)))


def seconds_of(window: Window) -> float:
    """Length of a window in seconds."""
    return (window.end - window.start).total_seconds()


def records_per_second(records: int, start: datetime, last: datetime) -> float:
    """Density of a page whose records begin at `start` and end at `last`."""
    return records / max(1.0, (last - start).total_seconds())


def _in_thread(work: Callable[[Window], T], window: Window) -> Future[T]:
    """Run in a thread of its own, which does not keep an ending process alive."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work(window))
        except BaseException as error:  # noqa: BLE001 - raised by `result()`
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future
