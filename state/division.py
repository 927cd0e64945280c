"""Which state holds which client: one for all, or one for each shard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from state.bookmarks import clients_of, divide, move_back, union

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from state.bookmarks import State
    from state.store import Store


def settle(
    store: Store, session: Session, count: int | None, configured: Collection[str] = ()
) -> list[str]:
    """Move each client's bookmarks to the state that is to hold them; returns whose moved.

    States that hold the right clients are left alone, so shards in progress are no obstacle.

    Args:
        store: The states.
        session: A transaction on them.
        count: The number of shards; None for one state of all clients.
        configured: The clients in the settings.

    Raises:
        StateError: The states contradict each other, or a run that is in progress owns one.
    """
    states = store.states(session)
    whole = union(states.values())
    wanted: dict[str, State] = {store.whole: whole} if states and count is None else {}
    if count is not None:
        parts = divide(whole, count, configured)
        wanted = {store.id_of(number): part for number, part in parts.items()}
    changed: dict[str, State | None] = {
        key: wanted.get(key)
        for key in {*states, *wanted}
        if wanted.get(key) != (union([states[key]]) if key in states else None)
    }
    store.save(session, changed)
    moved = (state for key, state in wanted.items() if key in changed)
    return sorted({client for state in moved for client in clients_of(state)})


def reread(
    store: Store, session: Session, client: str, streams: Collection[str], since: str | None
) -> list[str]:
    """Let the next run read a client from a time on, or from the start date: see `move_back`.

    Returns:
        The ids of the states that changed.

    Raises:
        StateError: There is no such bookmark, or a run that is in progress owns it.
    """
    states = store.states(session)
    holders = {key: one for key, one in states.items() if client in clients_of(one)}
    if not holders:
        move_back(union(states.values()), client, streams, since)  # names the clients there are
    store.save(session, {k: move_back(one, client, streams, since) for k, one in holders.items()})
    return sorted(holders)
