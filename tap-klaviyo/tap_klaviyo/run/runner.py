"""A run over all accounts and streams at once.

Threads read, the main thread writes. A job is one stream family of one account; jobs share
nothing but Klaviyo's limits, so a slow or broken one holds up nobody. What jobs read passes
through one bounded queue to the main thread, which alone touches the SDK: it writes records,
moves bookmarks and emits state. Memory is bounded by the queue.
"""

from __future__ import annotations

import queue
import sys
import threading
import time
import typing as t
from datetime import datetime

from tap_klaviyo.client.errors import (
    KlaviyoError,
    RevisionRetired,
    StreamDeferred,
    StreamFailed,
    StreamSkipped,
)
from tap_klaviyo.run.isolation import described
from tap_klaviyo.run.progress import LIVE_SECONDS, Reporter, Running
from tap_klaviyo.streams.base import Checkpoint
from tap_klaviyo.times import UTC

if t.TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_klaviyo.account import Account
    from tap_klaviyo.streams.base import Item, KlaviyoStream
    from tap_klaviyo.tap import TapKlaviyo

QUEUED = 8  # answers waiting to be written, at most
STATE_SECONDS = 2  # at least this long between two emissions of the state


class Job(t.NamedTuple):
    """One stream family to read for one account."""

    stream: KlaviyoStream
    account: Account


class Message(t.NamedTuple):
    """What a job hands to the main thread: something read, or (as None) its end."""

    job: Job
    item: Item | None
    error: Exception | None


class Conductor:
    """Reads the selected streams of all accounts and writes them as they come."""

    def __init__(self, tap: TapKlaviyo, threads: int) -> None:
        """Prepare a run.

        Args:
            tap: The tap whose streams and accounts are read.
            threads: Jobs under way at once; how many requests are is bounded elsewhere.
        """
        self._tap = tap
        self._threads = threads
        self._waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._inbox: queue.Queue[Message] = queue.Queue(QUEUED)
        self._stopped = threading.Event()
        self._status: int | None = None
        self._state_emitted = time.monotonic()

    def run(self, streams: Sequence[KlaviyoStream], accounts: Sequence[Account]) -> None:
        """Read and write everything.

        Raises:
            RevisionRetired: Nothing can be read any more.
            SystemExit: It was told to stop.
        """
        leaders = dict.fromkeys(stream.leader for stream in streams)
        jobs = [Job(leader, account) for leader in leaders for account in accounts]
        for job in jobs:
            self._waiting.put(job)
        for _ in range(min(self._threads, len(jobs))):
            threading.Thread(target=self._work, daemon=True).start()
        reporter = Reporter([_named(job) for job in jobs])
        try:
            self._write(len(jobs), reporter)
        finally:
            self._stopped.set()
            reporter.finish()

    def stop(self, status: int) -> None:
        """End the run with an exit status once the lines that are being written are whole."""
        self._status = status

    def _write(self, running: int, reporter: Reporter) -> None:
        while running:
            if self._status is not None:
                sys.exit(self._status)
            reporter.tick()
            try:
                job, item, error = self._inbox.get(timeout=LIVE_SECONDS)
            except queue.Empty:
                continue
            if item is not None:
                self._write_item(job, item)
                continue
            running -= 1
            job.account.tallies[job.stream.name].finished_at = datetime.now(UTC)
            self._tell(job)
            if error is not None:
                self._note(job, error)

    def _write_item(self, job: Job, item: Item) -> None:
        if isinstance(item, Checkpoint):
            job.stream.checkpoint(job.account, item)
            self._emit_state()
            return
        stream = t.cast("KlaviyoStream", self._tap.streams[item.stream])
        if stream.selected:
            job.account.tallies[stream.name].records += stream.write(item)

    def _emit_state(self) -> None:
        """Emit the state now and then: it holds every account, and pages come fast."""
        if time.monotonic() - self._state_emitted > STATE_SECONDS:
            self._tap.state_writer.write_state(self._tap.state)
            self._state_emitted = time.monotonic()

    def _note(self, job: Job, error: Exception) -> None:
        """Book a job's failure; stop the run only where going on makes no sense.

        An error nobody foresaw stops its own stream of its own account too: Klaviyo may have
        sent something no reading code expects, and the other brands' numbers are wanted.
        """
        if isinstance(error, RevisionRetired):
            raise error
        if not isinstance(error, KlaviyoError):
            error = StreamFailed(f"Unforeseen {described(error)}. Please report this.")
        status = status_of(error)
        job.account.tallies[job.stream.name].trouble(status, str(error))
        log = self._tap.logger.warning if status == "skipped" else self._tap.logger.error
        log("%s, %s: %s", job.account.client, job.stream.name, error)

    def _tell(self, job: Job) -> None:
        """Say in the log, too, what a job could not read in part."""
        for words in job.account.tallies[job.stream.name].missing():
            self._tap.logger.warning("%s, %s: %s", job.account.client, job.stream.name, words)

    def _work(self) -> None:
        while not self._stopped.is_set():
            try:
                job = self._waiting.get_nowait()
            except queue.Empty:
                return
            self._hand_over(Message(job, None, self._read(job)))

    def _read(self, job: Job) -> Exception | None:
        job.account.tallies[job.stream.name].started_at = datetime.now(UTC)
        try:
            for item in job.stream.items(job.account):
                self._hand_over(Message(job, item, None))
                if self._stopped.is_set():
                    return None
        except Exception as error:  # noqa: BLE001 - the main thread decides what it means
            return error
        return None

    def _hand_over(self, message: Message) -> None:
        """Wait for room in the queue, but not for a main thread that is gone."""
        while not self._stopped.is_set():
            try:
                self._inbox.put(message, timeout=1)
            except queue.Full:
                continue
            return


def _named(job: Job) -> Running:
    name = job.stream.name
    return Running(job.account.client, name, job.account.tallies[name])


def status_of(error: KlaviyoError) -> str:
    """The word `sync_log` has for a failure."""
    if isinstance(error, StreamSkipped):
        return "skipped"
    if isinstance(error, StreamDeferred):
        return "deferred"
    return "failed"
