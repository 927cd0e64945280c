"""Many things at once, in threads that never keep the process from ending."""

from __future__ import annotations

import queue
import threading
import time
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = t.TypeVar("T")
R = t.TypeVar("R")


def in_threads(
    work: Callable[[T], R], items: Sequence[T], threads: int, seconds: float | None = None
) -> Iterator[tuple[T, R]]:
    """Do the work for every item, in at most so many threads.

    A pool of `concurrent.futures` is joined when the process ends, so that a run which is told to
    stop would wait for what its threads wait for. These are left behind.

    Args:
        work: What to do; it may raise.
        items: For what.
        threads: How many at once.
        seconds: After so long, what is not done is left out.

    Yields:
        Item and result, in the order in which they are done.

    Raises:
        Exception: What the work raised.
    """
    waiting: queue.SimpleQueue[T] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[T, R | None, Exception | None]] = queue.SimpleQueue()
    for item in items:
        waiting.put(item)
    for _ in range(min(threads, len(items))):
        threading.Thread(target=_work, args=(work, waiting, done), daemon=True).start()
    end = None if seconds is None else time.monotonic() + seconds
    for _ in items:
        try:
            left = None if end is None else max(0, end - time.monotonic())
            item, result, error = done.get(timeout=left)
        except queue.Empty:
            return
        if error is not None:
            raise error
        yield item, t.cast("R", result)


def _work(
    work: Callable[[T], R],
    waiting: queue.SimpleQueue[T],
    done: queue.SimpleQueue[tuple[T, R | None, Exception | None]],
) -> None:
    while True:
        try:
            item = waiting.get_nowait()
        except queue.Empty:
            return
        try:
            done.put((item, work(item), None))
        except Exception as error:  # noqa: BLE001 - raised where the work was asked for
            done.put((item, None, error))
