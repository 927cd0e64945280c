"""Progress reporting: log lines, or a live line on a terminal."""

from __future__ import annotations

import logging
import sys
import time
import typing as t

if t.TYPE_CHECKING:
    from tap_klaviyo.run.run_stats import StreamStats

logger = logging.getLogger("tap-klaviyo")

LOG_SECONDS = 30  # between two reports in a log
LIVE_SECONDS = 0.5  # between two updates of the live line
MAX_LISTED_JOBS = 10  # jobs per report, the longest to go first


class Running(t.NamedTuple):
    """A stream of an account, as a report names it."""

    client: str
    stream: str
    stats: StreamStats


class Reporter:
    """Reports from time to time on the jobs of a run."""

    def __init__(self, jobs: list[Running]) -> None:
        """Start; the first report comes after the first interval."""
        self._jobs = jobs
        self._is_live = sys.stderr.isatty()
        self._began = self._reported = time.monotonic()

    def tick(self) -> None:
        """Report if it is time to; cheap otherwise."""
        now = time.monotonic()
        if now - self._reported < (LIVE_SECONDS if self._is_live else LOG_SECONDS):
            return
        self._reported = now
        if self._is_live:
            sys.stderr.write(f"\r\x1b[K{self._summary()}")
            sys.stderr.flush()
            return
        logger.info(self._summary())
        for line in self._lines():
            logger.info(line)

    def finish(self) -> None:
        """Clear the live line and log the totals."""
        if self._is_live:
            sys.stderr.write("\r\x1b[K")
        logger.info(self._summary())

    def _summary(self) -> str:
        finished = sum(job.stats.finished_at is not None for job in self._jobs)
        records = sum(job.stats.records for job in self._jobs)
        seconds = time.monotonic() - self._began
        return (
            f"{finished} of {len(self._jobs)} account streams finished, {records:,} records, "
            f"{records / max(seconds, 1):,.0f} per second, after {duration(seconds)}"
        )

    def _lines(self) -> list[str]:
        running = [job for job in self._jobs if job.stats.is_running]
        running.sort(key=lambda job: job.stats.seconds_left or 0, reverse=True)
        return [_line(job) for job in running[:MAX_LISTED_JOBS]]


def _line(job: Running) -> str:
    stats = job.stats
    parts = [f"{job.client}, {job.stream}: {stats.records:,} records"]
    if stats.planned:
        parts.append(f"{stats.done / stats.planned:.0%} of its windows")
    parts.append(f"{stats.records / max(stats.seconds, 1):,.0f} per second")
    if stats.throttled_seconds >= 1:
        parts.append(f"waited {duration(stats.throttled_seconds)} for limits")
    if stats.seconds_left is not None:
        parts.append(f"about {duration(stats.seconds_left)} left")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """A duration to read: `42 s`, `3 min`, `2 h 5 min`."""
    minutes = round(seconds / 60)
    if seconds < 100:  # noqa: PLR2004 - where seconds stop being easy to read
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"  # noqa: PLR2004
