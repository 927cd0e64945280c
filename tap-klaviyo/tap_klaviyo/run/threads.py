"""Concurrent work in threads that never keep the process from ending."""

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
    """Apply a function to every item, in at most so many threads.

    The threads of `concurrent.futures` are joined when the process ends, so a run that is stopped
    would wait for everything they wait for. These threads are daemons and are abandoned.

    Args:
        work: The function; it may raise.
        items: Its arguments.
        threads: The most threads.
        seconds: Items that are not finished after so many seconds are left out.

    Yields:
        Item and result, in order of completion.

    Raises:
        Exception: What the function raised.
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
        except Exception as error:  # noqa: BLE001 - raised in the caller's thread
            done.put((item, None, error))
