"""Meltano's system database: the states in it, and whether the runs that own them are alive.

Tables and migrations are Meltano's (`meltano.core.job_state`, `meltano.core.migration_service`).
All changes are made in one transaction, behind one lock in the database.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from meltano.core.job_state import SINGER_STATE_KEY, JobState
from meltano.core.migration_service import MigrationService
from meltano.core.utils import merge
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from check.settings import ROOT
from state.bookmarks import State, StateError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from sqlalchemy import Engine

PIPELINE = "tap-klaviyo-to-target-postgres"
SIGN_OF_LIFE_SECONDS = 20
"""A run writes a heartbeat every second; one that is silent for so long was killed."""

LOCK = text("select pg_advisory_xact_lock(hashtext('klaviyo-reporting'), hashtext('state'))")
HEARTBEATS = text(
    "select job_name, max(last_heartbeat_at) from runs "
    "where job_name like :pattern and state = 'RUNNING' and ended_at is null group by job_name"
)


class Store:
    """The states of one environment: that of undivided runs, and one for each shard."""

    def __init__(self, env: Mapping[str, str]) -> None:
        """Find the database; it is not connected to yet.

        Args:
            env: The settings, as `check.settings.read` gives them.
        """
        folder = env.get("MELTANO_SYS_DIR_ROOT", str(ROOT / ".meltano"))
        uri = env.get("MELTANO_DATABASE_URI", f"sqlite:///{folder}/meltano.db")
        self.whole = f"{env.get('MELTANO_ENVIRONMENT', 'dev')}:{PIPELINE}"
        self.engine: Engine = create_engine(uri, poolclass=NullPool)

    @property
    def is_shared(self) -> bool:
        """Whether other machines can use it: a file cannot be."""
        return bool(self.engine.dialect.name == "postgresql")

    def id_of(self, shard: int) -> str:
        """The id of a shard's state. It has no count, so that another division keeps it."""
        return f"{self.whole}:{suffix(shard)}"

    @contextmanager
    def locked(self) -> Iterator[Session]:
        """A transaction that no other one of this kind runs concurrently with.

        Meltano's own tables are made or migrated first: several runs that do so concurrently on a
        new database fail.
        """
        with Session(self.engine) as session, session.begin():
            if self.is_shared:
                session.execute(LOCK)
            MigrationService(self.engine).upgrade(silent=True)
            yield session

    def states(self, session: Session) -> dict[str, State]:
        """Every state of the environment, by its id, as the next run would get it."""
        rows = session.scalars(select(JobState).where(JobState.state_id.like(f"{self.whole}%")))
        found: dict[str, State] = {row.state_id: _latest(row) for row in rows}
        return {key: state for key, state in sorted(found.items()) if self._is_ours(key)}

    def save(self, session: Session, states: Mapping[str, State | None]) -> None:
        """Replace states, or delete those that are None.

        Raises:
            StateError: A run that is in progress would overwrite one of them.
        """
        if alive := self.alive(states):
            msg = f"A run is in progress ({', '.join(alive)}): wait for its end, then repeat this."
            raise StateError(msg)
        for key, state in states.items():
            if (row := session.get(JobState, key)) is not None:
                session.delete(row)
                session.flush()
            if state is not None:
                whole = {SINGER_STATE_KEY: state}
                session.add(JobState(state_id=key, partial_state={}, completed_state=whole))

    def alive(self, keys: Collection[str]) -> list[str]:
        """The states whose run shows a sign of life; waits for one if there is any doubt."""
        first = self.unfinished(keys)
        deadline = time.monotonic() + SIGN_OF_LIFE_SECONDS
        alive: list[str] = []
        while first and not alive and time.monotonic() < deadline:
            time.sleep(0.5)
            now = self.unfinished(keys)
            alive = sorted(key for key, at in now.items() if at != first.get(key))
            first = {key: at for key, at in first.items() if key in now}
        return alive

    def unfinished(self, keys: Collection[str]) -> dict[str, Any]:
        """The last heartbeat of runs that have not ended, or were killed, by state."""
        with self.engine.connect() as connection:
            rows = connection.execute(HEARTBEATS, {"pattern": f"{self.whole}%"})
            return {key: at for key, at in rows if key in keys}

    def _is_ours(self, key: str) -> bool:
        return key == self.whole or key.startswith(f"{self.whole}:shard-")


def _latest(row: JobState) -> State:
    """As the next run would get it: an interrupted run's on top of the last whole one's."""
    latest = merge(row.partial_state or {}, row.completed_state or {})  # type: ignore[no-untyped-call]
    if latest and SINGER_STATE_KEY not in latest:
        msg = f"The state {row.state_id} is not the state of a tap: correct or clear it"
        raise StateError(msg)
    state: State = latest.get(SINGER_STATE_KEY, {})
    return state


def suffix(shard: int) -> str:
    """What Meltano appends to the id of the state."""
    return f"shard-{shard}"
