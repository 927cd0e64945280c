"""States as values: their union, a division among shards, bookmarks moved back.

A state is the tap's: `{"bookmarks": {stream: {"partitions": [{"context": {"account_id": …},
"replication_key_value": …}]}, "accounts": {"clients": {client: account id}}}}`. Meltano's own merge
replaces the list of partitions as a whole, and so loses all but one state's.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tap_klaviyo.config.shards import shard_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

State = dict[str, Any]
Partition = dict[str, Any]
VALUE = "replication_key_value"


class StateError(Exception):
    """What was asked for cannot be done; the message names the remedy."""


def clients_of(state: State) -> dict[str, str]:
    """The account id of each client."""
    found: dict[str, str] = state.get("bookmarks", {}).get("accounts", {}).get("clients", {})
    return found


def union(states: Iterable[State]) -> State:
    """All accounts of all states; of an account in several of them, the oldest bookmark.

    Raises:
        StateError: A client has another account in another state.
    """
    streams: dict[str, dict[str, Partition]] = defaultdict(dict)
    clients: dict[str, str] = {}
    for state in states:
        for client, account in clients_of(state).items():
            if clients.setdefault(client, account) != account:
                msg = f"{client} is account {account} in one state, {clients[client]} in another"
                raise StateError(msg)
        for stream, partition in partitions_of(state):
            account = partition["context"]["account_id"]
            other = streams[stream].get(account)
            streams[stream][account] = _oldest(other, partition) if other else partition
    return _state(clients, streams)


def partitions_of(state: State) -> Iterator[tuple[str, Partition]]:
    """Each partition, with its stream."""
    for stream, kept in state.get("bookmarks", {}).items():
        for partition in kept.get("partitions", []):
            yield stream, partition


def divide(state: State, count: int, configured: Collection[str] = ()) -> dict[int, State]:
    """The part of each shard that has any, by its number.

    Args:
        state: What is to be divided.
        count: How many shards there are.
        configured: The clients in the settings. An account that has had several names goes to
            the one that is still in use.
    """
    clients = clients_of(state)
    names: dict[str, list[str]] = defaultdict(list)
    for client, account in clients.items():
        names[account].append(client)
    used = {
        account: [name for name in known if name in configured] or known
        for account, known in names.items()
    }
    parts: dict[int, State] = {}
    for number in range(1, count + 1):
        own = {one: id_ for one, id_ in clients.items() if shard_of(one, count) == number}
        read = {id_ for one, id_ in own.items() if one in used[id_]}
        streams: dict[str, dict[str, Partition]] = defaultdict(dict)
        for stream, partition in partitions_of(state):
            account = partition["context"]["account_id"]
            if account in read or (account not in names and shard_of(account, count) == number):
                streams[stream][account] = partition
        if own or streams:
            parts[number] = _state(own, streams)
    return parts


def move_back(state: State, client: str, streams: Collection[str], since: str | None) -> State:
    """The state from which a client's streams are read from a time on, or from the start date.

    Args:
        state: The state; it stays as it is.
        client: The client to re-read.
        streams: Names of streams; empty for all. Streams read together belong together.
        since: UTC, as in the state (`2026-10-01T00:00:00Z`); None for the whole history.

    Raises:
        StateError: The client has nothing of the kind, or only up to an earlier time.
    """
    account = clients_of(state).get(client)
    if account is None:
        known = ", ".join(sorted(clients_of(state))) or "none"
        msg = f"No state has a client {client!r}; those it has: {known}"
        raise StateError(msg)
    found = [stream for stream, one in partitions_of(state) if _is_of(one, account)]
    if unknown := set(streams) - set(found):
        msg = f"{client} has no bookmark of {', '.join(sorted(unknown))}; it has: {_listed(found)}"
        raise StateError(msg)
    moved: dict[str, dict[str, Partition]] = defaultdict(dict)
    for stream, partition in partitions_of(state):
        kept: Partition | None = partition
        if _is_of(partition, account) and stream in (streams or found):
            kept = _moved(stream, partition, since)
        if kept is not None:
            moved[stream][partition["context"]["account_id"]] = kept
    return _state(clients_of(state), moved)


def _moved(stream: str, partition: Partition, since: str | None) -> Partition | None:
    if since is None:
        return None
    if partition.get(VALUE, "") < since:
        msg = f"{stream} is read up to {partition.get(VALUE)}: nothing after {since} to re-read"
        raise StateError(msg)
    return {**_without_days(partition), VALUE: since}


def _without_days(partition: Partition) -> Partition:
    """Without the days whose events need not be re-read: then all of them are."""
    return {name: value for name, value in partition.items() if name != "days"}


def _is_of(partition: Partition, account: str) -> bool:
    return bool(partition["context"]["account_id"] == account)


def _bookmark(partition: Partition) -> str:
    return partition.get(VALUE) or ""


def _oldest(one: Partition, other: Partition) -> Partition:
    """What both have read: a bookmark too early costs requests, one too late costs rows."""
    older = {**(one if _bookmark(one) <= _bookmark(other) else other)}
    if one.get("days") != other.get("days"):
        older = _without_days(older)
    if "covered_from" in one or "covered_from" in other:
        starts = [
            partition.get("covered_from", "9999-12-31T00:00:00Z") for partition in (one, other)
        ]
        older["covered_from"] = max(starts)
    if left_out := sorted({*one.get("left_out", ()), *other.get("left_out", ())}):
        older["left_out"] = left_out
    return _with_common_series(older, one, other)


def _with_common_series(older: Partition, one: Partition, other: Partition) -> Partition:
    """The history of a series that is not listed is read; without a list, all of them are known."""
    lists = [set(partition["series"]) for partition in (one, other) if partition.get("series")]
    if not lists:
        return older
    if common := sorted(set.intersection(*lists)):
        return {**older, "series": common}
    return {name: value for name, value in older.items() if name not in ("series", VALUE)}


def _state(clients: dict[str, str], streams: dict[str, dict[str, Partition]]) -> State:
    """In a fixed order, so that equal states are written alike."""
    bookmarks: State = {
        stream: {"partitions": [found[account] for account in sorted(found)]}
        for stream, found in sorted(streams.items())
    }
    bookmarks.setdefault("accounts", {})["clients"] = dict(sorted(clients.items()))
    return {"bookmarks": bookmarks}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
