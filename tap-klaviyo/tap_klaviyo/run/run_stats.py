"""What reading a stream of an account cost: the figures of `sync_log`."""

from __future__ import annotations

import threading
import typing as t
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from tap_klaviyo.times import UTC, to_z

if t.TYPE_CHECKING:
    from tap_klaviyo.times import Window

STOPPED = "The run was stopped, or is still going on. The next one goes on from here."
NAMED = 5  # parts that are missing, named in `sync_log` for each reason


class Missing(t.NamedTuple):
    """Parts that are missing for one reason.

    Attributes:
        names: What they are called.
        why: The reason, of the first of them.
    """

    names: list[str]
    why: str


@dataclass
class Tally:
    """Counts for one stream of one account; several threads may add to it.

    Attributes:
        planned: How much there is to read, in any unit; 0 where nobody knows.
        done: How much of it has been read.
        changes: What had to be changed on the way, by kind.
        again: What is missing and shall be asked for again in the next run.
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
    again: set[str] = field(default_factory=set)
    _taken: Counter[str] = field(default_factory=Counter)
    _unknown: Counter[str] = field(default_factory=Counter)
    _missing: dict[tuple[str, str], Missing] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, *, requests: int = 0, retries: int = 0, throttled_seconds: float = 0.0) -> None:
        """Count what one request cost."""
        with self._lock:
            self.requests += requests
            self.retries += retries
            self.throttled_seconds += throttled_seconds

    def change(self, changes: Counter[str]) -> None:
        """Count what had to be changed on its way, by kind."""
        with self._lock:
            self.changes += changes

    def cover(self, window: Window) -> None:
        """Widen the span of time that was read."""
        self.window_start = min(self.window_start or window.start, window.start)
        self.window_end = max(self.window_end or window.end, window.end)

    @property
    def is_running(self) -> bool:
        """Whether it is being read at the moment."""
        return self.started_at is not None and self.finished_at is None

    @property
    def seconds(self) -> float:
        """How long it has been read, or took."""
        if self.started_at is None:
            return 0.0
        return ((self.finished_at or datetime.now(UTC)) - self.started_at).total_seconds()

    @property
    def seconds_left(self) -> float | None:
        """An estimate of how long it will take yet; None where there is nothing to go by."""
        if not self.planned or not self.done:
            return None
        return self.seconds * (self.planned - self.done) / self.done

    def trouble(self, status: str, problem: str) -> None:
        """Note what went wrong; the status says how much of the stream it cost."""
        self.status = status
        self.problems.append(problem)

    @property
    def outcome(self) -> tuple[str, str | None]:
        """Status and error of a `sync_log` record, as things stand.

        What is not read to its end counts as failed from the beginning of the run on: whatever
        stops the run, even a loader that is gone before the tap is, this has been said.
        """
        changed = [f"{times} {kind}" for kind, times in self.changes.items()]
        problems = [*self.problems, *self.missing(), *changed]
        if self.finished_at is None:
            return "failed", "; ".join([*problems, STOPPED])
        status = "partial" if self._missing and self.status == "ok" else self.status
        return status, "; ".join(problems) or None

    def remark(self, word: str) -> None:
        """Note, once, what one should know though nothing is missing for it."""
        if word not in self.problems:
            self.problems.append(word)

    def take(self, kind: str, number: int) -> None:
        """Count items that could be read."""
        with self._lock:
            self._taken[kind] += number

    def miss(
        self, kind: str, sort: str, missing: Missing, again: str | None, *, unknown: bool
    ) -> None:
        """Count a part that is missing; see `parts.part`.

        Args:
            kind: What it is, in the plural.
            sort: Parts of a kind that are missing for reasons of one sort are told together.
            missing: Its name, and why.
            again: What the next run shall ask for again.
            unknown: Whether it came, in a shape that nobody knows.
        """
        with self._lock:
            known = self._missing.setdefault((kind, sort), Missing([], missing.why))
            seen = () if again is None else known.names
            known.names.extend(name for name in missing.names if name not in seen)
            self._unknown[kind] += unknown
            if again is not None:
                self.again.add(again)

    def is_senseless(self, kind: str) -> bool:
        """Whether items of this kind came and not one could be understood."""
        return self._unknown[kind] > 0 and not self._taken[kind]

    def missing(self) -> list[str]:
        """What is missing, in a sentence for each sort of reason."""
        return [
            f"{len(found.names)} {kind} left out ({_first(found.names)}): {found.why}"
            for (kind, _), found in self._missing.items()
        ]

    def row(self) -> dict[str, t.Any]:
        """The counted columns of a `sync_log` record, as things stand."""
        status, error = self.outcome
        now = datetime.now(UTC)
        moments = {
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
            **{name: to_z(at) if at else None for name, at in moments.items()},
        }


def _first(names: list[str]) -> str:
    return ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else "")
