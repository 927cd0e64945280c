"""Reads all streams of all accounts concurrently; writes on one thread.

A job is one stream of one account, with the streams read along with it. Jobs run in threads and
share only Klaviyo's rate limits and the limits of `concurrency.py`, so a slow or broken job delays
no other, except one that waits for what it reads. What they read passes through one bounded queue
to the main thread. Only the main thread uses the SDK: it hands each job a snapshot of the state,
writes records, moves bookmarks and emits state. Memory is bounded by that queue and by the
read-ahead budget for events.
"""

from __future__ import annotations

import queue
import sys
import threading
import time
import typing as t
from datetime import datetime

from tap_klaviyo.client.errors import KlaviyoError, RevisionRetired, StreamFailed
from tap_klaviyo.run.concurrency import MAX_JOBS, QUEUE_SIZE
from tap_klaviyo.run.isolation import describe
from tap_klaviyo.run.progress import LIVE_SECONDS, Reporter, Running
from tap_klaviyo.run.run_stats import status_of
from tap_klaviyo.streams.items import Checkpoint
from tap_klaviyo.times import UTC

if t.TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_klaviyo.account import Account
    from tap_klaviyo.run.run_stats import StreamStats
    from tap_klaviyo.streams.base import KlaviyoStream
    from tap_klaviyo.streams.items import Item
    from tap_klaviyo.streams.stream_run import StreamRun
    from tap_klaviyo.tap import TapKlaviyo

STATE_SECONDS = 2  # at least this long between two STATE messages


class Job(t.NamedTuple):
    """One stream to read for one account."""

    stream: KlaviyoStream
    run: StreamRun

    @property
    def stats(self) -> StreamStats:
        """Its statistics."""
        return self.run.stats

    @property
    def key(self) -> tuple[str, Account]:
        """Its stream and account."""
        return self.stream.name, self.run.account

    @property
    def name(self) -> str:
        """What the log calls it."""
        return f"{self.run.account.client}, {self.stream.name}"


class JobItem(t.NamedTuple):
    """Something a job has read."""

    job: Job
    item: Item


class JobEnded(t.NamedTuple):
    """A job has ended, with an error or without."""

    job: Job
    error: Exception | None


class Runner:
    """Reads the selected streams of all accounts and writes what they yield."""

    def __init__(self, tap: TapKlaviyo) -> None:
        """Prepare a run of the tap."""
        self._tap = tap
        self._waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._followers: dict[tuple[str | None, Account], Job] = {}
        self._inbox: queue.Queue[JobItem | JobEnded] = queue.Queue(QUEUE_SIZE)
        self._stopped = threading.Event()
        self._exit_status: int | None = None
        self._state_emitted = time.monotonic()

    def run(self, streams: Sequence[KlaviyoStream], accounts: Sequence[Account]) -> None:
        """Read and write everything.

        Raises:
            RevisionRetired: Nothing can be read any more.
            SystemExit: The run was stopped.
        """
        leaders = dict.fromkeys(stream.leader for stream in streams)
        jobs = [Job(leader, leader.start(account)) for leader in leaders for account in accounts]
        self._queue(jobs)
        for _ in range(min(MAX_JOBS, len(jobs))):
            threading.Thread(target=self._work, daemon=True).start()
        reporter = Reporter(
            [Running(job.run.account.client, job.stream.name, job.stats) for job in jobs]
        )
        try:
            self._write(len(jobs), reporter)
        finally:
            self._stopped.set()
            reporter.finish()

    def stop(self, exit_status: int) -> None:
        """End the run with an exit status, after the lines being written are complete."""
        self._exit_status = exit_status

    # On the main thread:

    def _write(self, running: int, reporter: Reporter) -> None:
        while running:
            if self._exit_status is not None:
                sys.exit(self._exit_status)
            reporter.tick()
            try:
                received = self._inbox.get(timeout=LIVE_SECONDS)
            except queue.Empty:
                continue
            if isinstance(received, JobItem):
                self._write_item(received)
            else:
                running -= 1
                self._finish(received)

    def _write_item(self, received: JobItem) -> None:
        job, item = received
        if isinstance(item, Checkpoint):
            job.stream.checkpoint(job.run.account.context, item)
            self._emit_state()
            return
        stream = t.cast("KlaviyoStream", self._tap.streams[item.stream])
        if stream.selected:
            job.run.account.stats.of(item.stream).records += stream.write(item)

    def _emit_state(self) -> None:
        """Emit the state only every few seconds: it holds every account, and pages come fast."""
        if time.monotonic() - self._state_emitted > STATE_SECONDS:
            self._tap.state_writer.write_state(self._tap.state)
            self._state_emitted = time.monotonic()

    def _finish(self, ended: JobEnded) -> None:
        job, error = ended
        job.stats.finished_at = datetime.now(UTC)
        for missing in job.stats.missing_parts():
            self._tap.logger.warning("%s: %s", job.name, missing)
        if error is not None:
            self._record_failure(job, error)

    def _record_failure(self, job: Job, error: Exception) -> None:
        """Record a failed job. Abort the run only for `RevisionRetired`.

        An unexpected error fails its own stream of its own account only, too: Klaviyo may have
        sent something the tap cannot parse, and the other accounts are still wanted.
        """
        if isinstance(error, RevisionRetired):
            raise error
        if not isinstance(error, KlaviyoError):
            error = StreamFailed(f"Unexpected {describe(error)}. Please report this.")
        status = status_of(error)
        job.stats.record_problem(status, str(error))
        log = self._tap.logger.warning if status == "skipped" else self._tap.logger.error
        log("%s: %s", job.name, error)

    def _queue(self, jobs: Sequence[Job]) -> None:
        """Queue the jobs, less those that wait for another one: it will queue them."""
        keys = {job.key for job in jobs}
        for job in jobs:
            first = (job.stream.reads_after, job.run.account)
            if first in keys and job.stream.waits(job.run):
                self._followers[first] = job
            else:
                self._waiting.put(job)

    # In the threads of the jobs:

    def _work(self) -> None:
        while not self._stopped.is_set():
            try:
                job = self._waiting.get_nowait()
            except queue.Empty:
                return
            self._hand_over(JobEnded(job, self._read(job)))
            if follower := self._followers.pop(job.key, None):
                self._waiting.put(follower)

    def _read(self, job: Job) -> Exception | None:
        job.stats.started_at = datetime.now(UTC)
        try:
            for item in job.stream.items(job.run):
                self._hand_over(JobItem(job, item))
                if self._stopped.is_set():
                    return None
        except Exception as error:  # noqa: BLE001 - the main thread decides what it means
            return error
        return None

    def _hand_over(self, received: JobItem | JobEnded) -> None:
        """Block until there is room, or until the writer has stopped."""
        while not self._stopped.is_set():
            try:
                self._inbox.put(received, timeout=1)
            except queue.Full:
                continue
            return
