"""The state of a stream and account: where the last run ended, and how a run moves that.

The SDK's state belongs to the main thread. There, a snapshot is taken before reading begins, and
bookmarks are moved at checkpoints.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from tap_klaviyo.times import parse, to_z

if t.TYPE_CHECKING:
    from datetime import datetime, timedelta

    from tap_klaviyo.streams.items import Checkpoint

NEVER_COVERED = "9999-12-31T00:00:00Z"
"""Start of the history that a state without `covered_from` covers: no start date is later."""

State = dict[str, t.Any]


@dataclass(frozen=True)
class StateSnapshot:
    """What the state holds for one account and the streams read together.

    Attributes:
        states: A copy of each selected stream's state, empty in a first run. All of them have
            the same `left_out` and `series`.
        start_date: Where an account's first run begins.
        until: The end of this run's windows.
    """

    states: tuple[State, ...]
    start_date: datetime
    until: datetime

    @property
    def left_out(self) -> frozenset[str]:
        """Ids that earlier runs could not read, and that this run requests again."""
        return frozenset(self.states[0].get("left_out") or ())

    def lists_all(self, *, with_tags: bool) -> bool:
        """Whether a listing is read whole: in a first run, and while parts are missing.

        Also once if it is read with tags, and earlier runs did not ask for them.
        """
        is_tagged = bool(self.states[0].get("tagged")) if with_tags else True
        return self.bookmark is None or bool(self.left_out) or not is_tagged

    @property
    def series(self) -> list[str]:
        """Keys of the series of metric aggregates that earlier runs have read."""
        return list(self.states[0].get("series") or ())

    @property
    def days(self) -> dict[str, State]:
        """The days whose events were read whole, with what `events/unchanged.py` keeps of them."""
        return dict(self.states[0].get("days") or {})

    @property
    def begins_at_start_date(self) -> bool:
        """Whether history is read: without a bookmark, and where `since` says so."""
        return self.bookmark is None or self.start_date < self._covered_from

    @property
    def bookmark(self) -> datetime | None:
        """Where the last run ended; None if reading begins at the start date.

        Streams read together start at the earliest bookmark among the selected ones. A bookmark
        in the future, as other taps write them, counts as now: else nothing would be read
        until then.
        """
        values = [state.get("replication_key_value") for state in self.states]
        if not all(values):
            return None
        return min(self.until, *(parse(t.cast("str", value)) for value in values))

    def since(self, look_back: timedelta) -> datetime:
        """Where this run begins to read: bookmark minus look-back, or the start date.

        It is the start date if there is no bookmark, and if the start date was moved back since
        the last run, or the state has no `covered_from`. A start date later than
        the bookmark leaves no gap.
        """
        bookmark = self.bookmark
        if bookmark is None or self.begins_at_start_date:
            return self.start_date
        return max(bookmark - look_back, min(self.start_date, bookmark))

    @property
    def _covered_from(self) -> datetime:
        return max(parse(state.get("covered_from") or NEVER_COVERED) for state in self.states)


def move_bookmark(
    state: State, replication_key: str, point: Checkpoint, start_date: datetime, until: datetime
) -> None:
    """Write a checkpoint to one stream's state.

    While a look-back is re-read, the bookmark stays: otherwise a run stopped then would move it
    back. It moves back only while the history before an earlier start date is read.
    """
    start = to_z(start_date)
    covered_from = state.get("covered_from") or NEVER_COVERED
    reached = state.get("replication_key_value") if covered_from <= start else None
    furthest = min(parse(reached), until) if reached else point.bookmark
    state["replication_key"] = replication_key
    state["replication_key_value"] = to_z(max(point.bookmark, furthest))
    state["covered_from"] = min(start, covered_from)
    for name, value in (point.extra or {}).items():
        state[name] = value
        if not value:
            del state[name]
