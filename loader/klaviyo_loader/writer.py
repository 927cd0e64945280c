"""A thread that stores batches while the next one is being read."""

from __future__ import annotations

import queue
import threading
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Callable


class Writer:
    """Runs jobs in order, with a queue of one. After a failure it drops all further jobs."""

    def __init__(self) -> None:
        """Start the thread."""
        self._work: queue.Queue[Callable[[], None]] = queue.Queue(maxsize=1)
        self._failure: Exception | None = None
        threading.Thread(target=self._run, name="writer", daemon=True).start()

    def give(self, work: Callable[[], None]) -> None:
        """Queue a job, blocking while the queue is full; raises an earlier job's failure."""
        self._work.put(work)
        self.check()

    def wait(self) -> None:
        """Block until all jobs have finished; raises a job's failure."""
        self._work.join()
        self.check()

    def check(self) -> None:
        """Raise a job's failure, if there was one."""
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        while True:
            work = self._work.get()
            try:
                if self._failure is None:
                    work()
            except Exception as error:  # noqa: BLE001 - the main thread raises it
                self._failure = error
            del work  # a batch is large
            self._work.task_done()
