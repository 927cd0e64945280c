"""How many time slices may be in flight: the memory that reading ahead may use."""

from __future__ import annotations

import math
import threading
import typing as t
from contextlib import contextmanager

from tap_klaviyo.run.concurrency import (
    MAX_READ_AHEAD_BYTES,
    MAX_SLICES_IN_FLIGHT,
    MIN_SLICES_PER_ACCOUNT,
    max_event_readers,
)

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class ReadAheadBudget:
    """Divides the slices in flight between the accounts being read, to bound memory.

    A page holds up to 1,000 events of any size, so the number of slices follows from the largest
    page seen.
    """

    def __init__(
        self, slices: int = MAX_SLICES_IN_FLIGHT, page_bytes: int = MAX_READ_AHEAD_BYTES
    ) -> None:
        """Set the budget.

        Args:
            slices: The most slices in flight, over all accounts.
            page_bytes: The most bytes of their pages, if all are as large as the largest.
        """
        self._slices = slices
        self._page_bytes = page_bytes
        self._largest_page = 1
        self._places = threading.Semaphore(max_event_readers(slices))
        self._readers = 0
        self._lock = threading.Lock()

    @contextmanager
    def for_account(self) -> Iterator[Callable[[], int]]:
        """Wait until one more account may be read.

        Yields:
            A function that returns how many slices of this account may be in flight now.
        """
        with self._places:
            self._add_readers(1)
            try:
                yield self._allowed
            finally:
                self._add_readers(-1)

    def record_page(self, size: int) -> None:
        """Record the size of a page in bytes."""
        with self._lock:
            self._largest_page = max(self._largest_page, size)

    def _allowed(self) -> int:
        slices = min(self._slices, self._page_bytes // self._largest_page)
        return max(MIN_SLICES_PER_ACCOUNT, math.ceil(slices / self._readers))

    def _add_readers(self, change: int) -> None:
        with self._lock:
            self._readers += change
