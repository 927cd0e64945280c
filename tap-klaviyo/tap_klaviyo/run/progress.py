"""How far a run has come, for a person who waits: log lines, or a live line on a terminal."""

from __future__ import annotations

import logging
import sys
import time
import typing as t

if t.TYPE_CHECKING:
    from tap_klaviyo.run.run_stats import Tally

logger = logging.getLogger("tap-klaviyo")

LOG_SECONDS = 30  # between two reports in a log
LIVE_SECONDS = 0.5  # between two changes of the live line
NAMED = 10  # jobs named in a report, those with most left first


class Running(t.NamedTuple):
    """A stream family of an account, as a report names it."""

    client: str
    stream: str
    tally: Tally


class Reporter:
    """Reports now and then on the jobs of a run."""

    def __init__(self, jobs: list[Running]) -> None:
        """Begin; nothing is reported before the first interval is over."""
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
        """Clear the live line and say what the run came to."""
        if self._is_live:
            sys.stderr.write("\r\x1b[K")
        logger.info(self._summary())

    def _summary(self) -> str:
        done = sum(job.tally.finished_at is not None for job in self._jobs)
        records = sum(job.tally.records for job in self._jobs)
        seconds = time.monotonic() - self._began
        return (
            f"{done} of {len(self._jobs)} streams of accounts read, {records:,} records, "
            f"{records / max(seconds, 1):,.0f} a second, after {duration(seconds)}"
        )

    def _lines(self) -> list[str]:
        running = [job for job in self._jobs if job.tally.is_running]
        running.sort(key=lambda job: job.tally.seconds_left or 0, reverse=True)
        return [_line(job) for job in running[:NAMED]]


def _line(job: Running) -> str:
    tally = job.tally
    parts = [f"{job.client}, {job.stream}: {tally.records:,} records"]
    if tally.planned:
        parts.append(f"{tally.done / tally.planned:.0%} of its windows")
    parts.append(f"{tally.records / max(tally.seconds, 1):,.0f} a second")
    if tally.throttled_seconds >= 1:
        parts.append(f"waited {duration(tally.throttled_seconds)} for limits")
    if tally.seconds_left is not None:
        parts.append(f"about {duration(tally.seconds_left)} left")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """Seconds in words: `42 s`, `3 min`, `2 h 5 min`."""
    minutes = round(seconds / 60)
    if seconds < 100:  # noqa: PLR2004 - where seconds stop being easy to read
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"  # noqa: PLR2004
