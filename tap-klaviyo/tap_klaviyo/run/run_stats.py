"""Statistics of a run, per account and stream: what `sync_log`, progress and summary show."""

from __future__ import annotations

import threading
import typing as t
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from tap_klaviyo.client.errors import KlaviyoError, StreamDeferred, StreamSkipped
from tap_klaviyo.times import UTC, to_z

if t.TYPE_CHECKING:
    from collections.abc import ItemsView

    from tap_klaviyo.times import Window

STOPPED = "The run was stopped, or is still in progress. The next run resumes here."
MAX_NAMED_PARTS = 5  # missing parts listed by name in `sync_log`, for each reason


class MissingParts(t.NamedTuple):
    """Parts that are missing for one reason.

    Attributes:
        names: Their names or ids.
        why: The reason, as given for the first of them.
    """

    names: list[str]
    why: str


@dataclass
class StreamStats:
    """Statistics of one stream of one account; several threads may update them.

    Attributes:
        planned: How much there is to read, in any unit; 0 if unknown.
        done: How much of it has been read.
        changes: Replacements of what a database cannot store, by kind.
        retry_next_run: Ids of missing parts that the next run requests again.
    """

    records: int = 0
    requests: int = 0
    retries: int = 0
    throttled_seconds: float = 0.0
    window_start: datetime | None = None
    window_end: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    planned: float = 0.0
    done: float = 0.0
    status: str = "ok"
    problems: list[str] = field(default_factory=list)
    changes: Counter[str] = field(default_factory=Counter)
    retry_next_run: set[str] = field(default_factory=set)
    _parsed: Counter[str] = field(default_factory=Counter)
    _unparsed: Counter[str] = field(default_factory=Counter)
    _missing: dict[tuple[str, str], MissingParts] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def count_requests(
        self, *, requests: int = 0, retries: int = 0, throttled_seconds: float = 0.0
    ) -> None:
        """Add requests, retries and the seconds spent waiting for limits."""
        with self._lock:
            self.requests += requests
            self.retries += retries
            self.throttled_seconds += throttled_seconds

    def count_changes(self, changes: Counter[str]) -> None:
        """Count replacements, by kind."""
        with self._lock:
            self.changes += changes

    def extend_span(self, window: Window) -> None:
        """Add a window to the span that was read."""
        self.window_start = min(self.window_start or window.start, window.start)
        self.window_end = max(self.window_end or window.end, window.end)

    @property
    def is_running(self) -> bool:
        """Whether it is being read now."""
        return self.started_at is not None and self.finished_at is None

    @property
    def seconds(self) -> float:
        """Seconds of reading, so far or in all."""
        if self.started_at is None:
            return 0.0
        return ((self.finished_at or datetime.now(UTC)) - self.started_at).total_seconds()

    @property
    def seconds_left(self) -> float | None:
        """Estimated seconds until it is finished; None without a basis for an estimate."""
        if not self.planned or not self.done:
            return None
        return self.seconds * (self.planned - self.done) / self.done

    def record_problem(self, status: str, problem: str) -> None:
        """Record what went wrong, and the status it leaves the stream in."""
        self.status = status
        self.problems.append(problem)

    @property
    def outcome(self) -> tuple[str, str | None]:
        """Status and error of a `sync_log` record, as of now.

        A stream is `failed` until it is finished: whatever stops the run, even a loader that
        ends before the tap does, the log is right.
        """
        changed = [f"{times} {kind}" for kind, times in self.changes.items()]
        problems = [*self.problems, *self.missing_parts(), *changed]
        if self.finished_at is None:
            return "failed", "; ".join([*problems, STOPPED])
        status = "partial" if self._missing and self.status == "ok" else self.status
        return status, "; ".join(problems) or None

    def record_note(self, note: str) -> None:
        """Record, once, something worth knowing that costs the stream nothing."""
        if note not in self.problems:
            self.problems.append(note)

    def count_parsed(self, kind: str, number: int) -> None:
        """Count items that could be parsed."""
        with self._lock:
            self._parsed[kind] += number

    def record_missing(
        self, kind: str, cause: str, missing: MissingParts, retry: str | None, *, unparsed: bool
    ) -> None:
        """Record parts that are missing; see `isolation.isolate`.

        Args:
            kind: What they are, in the plural.
            cause: Parts of one kind and cause are reported in one sentence.
            missing: Their names, and why they are missing.
            retry: Id that the next run requests again; None if it should not.
            unparsed: Whether Klaviyo sent them, in a shape the tap cannot parse.
        """
        with self._lock:
            known = self._missing.setdefault((kind, cause), MissingParts([], missing.why))
            seen = () if retry is None else known.names
            known.names.extend(name for name in missing.names if name not in seen)
            self._unparsed[kind] += unparsed
            if retry is not None:
                self.retry_next_run.add(retry)

    def nothing_parsed(self, kind: str) -> bool:
        """Whether Klaviyo sent items of this kind and none of them could be parsed."""
        return self._unparsed[kind] > 0 and not self._parsed[kind]

    def missing_parts(self) -> list[str]:
        """A sentence about the missing parts of each kind and cause."""
        return [
            f"{len(found.names)} {kind} left out ({_listed(found.names)}): {found.why}"
            for (kind, _), found in self._missing.items()
        ]

    def as_row(self) -> dict[str, t.Any]:
        """The statistics as columns of a `sync_log` record, as of now."""
        status, error = self.outcome
        now = datetime.now(UTC)
        timestamps = {
            "started_at": self.started_at or self.finished_at or now,
            "finished_at": self.finished_at or now,
            "window_start": self.window_start,
            "window_end": self.window_end,
        }
        return {
            "status": status,
            "records": self.records,
            "requests": self.requests,
            "retries": self.retries,
            "throttled_seconds": round(self.throttled_seconds, 3),
            "error": error,
            **{name: to_z(at) if at else None for name, at in timestamps.items()},
        }


class AccountStats:
    """The statistics of one account's streams: the only place where they are kept."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._by_stream: dict[str, StreamStats] = {}

    def of(self, stream: str) -> StreamStats:
        """The statistics of a stream, by its name."""
        found = self._by_stream.get(stream)
        return found or self._by_stream.setdefault(stream, StreamStats())

    def items(self) -> ItemsView[str, StreamStats]:
        """Every stream counted so far, with its statistics."""
        return self._by_stream.items()


def status_of(error: KlaviyoError) -> str:
    """The status of a stream that ended with an error."""
    if isinstance(error, StreamSkipped):
        return "skipped"
    if isinstance(error, StreamDeferred):
        return "deferred"
    return "failed"


def _listed(names: list[str]) -> str:
    return ", ".join(names[:MAX_NAMED_PARTS]) + (", …" if len(names) > MAX_NAMED_PARTS else "")
