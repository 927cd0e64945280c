"""The summary of a run: its last log lines."""

from __future__ import annotations

import logging
import typing as t
from collections import defaultdict

if t.TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from tap_klaviyo.account import Account

READ = ("ok", "partial")
MAX_NAMED_STREAMS = 3  # streams named on a line; of more, only the number

Line = tuple[int, str]
"""Level of a log line, and its text."""


def summarize(accounts: Sequence[Account], streams: Collection[str]) -> Iterator[Line]:
    """What was replaced and what is missing, by account, with the remedy; then the total.

    Args:
        accounts: Every configured account, read or not.
        streams: Names of the streams that do the reading; duplicates are ignored.
    """
    yield from _changes(accounts)
    streams = dict.fromkeys(streams)
    read, complete = 0, 0
    for account in accounts:
        incomplete = _incomplete(account, streams)
        is_read = any(account.stats.of(name).outcome[0] in READ for name in streams)
        read += is_read
        complete += not incomplete
        for (status, error), names in incomplete.items():
            level = logging.ERROR if status == "failed" else logging.WARNING
            what = f"{_listed(names)} {status}" if is_read else "not read"
            yield level, f"{account.client}: {what}: {error}"
    yield _total(len(accounts), read, complete)


def _changes(accounts: Sequence[Account]) -> Iterator[Line]:
    """What no database could store and had to be replaced, once per kind."""
    for account in accounts:
        for stream, stats in account.stats.items():
            for kind, times in stats.changes.items():
                yield logging.WARNING, f"{account.client}, {stream}: {times} {kind}"


def _incomplete(
    account: Account, streams: Collection[str]
) -> dict[tuple[str, str | None], list[str]]:
    """Streams that were not read completely, by status and reason."""
    incomplete = defaultdict(list)
    for name in streams:
        outcome = account.stats.of(name).outcome
        if outcome[0] != "ok":
            incomplete[outcome].append(name)
    return incomplete


def _total(accounts: int, read: int, complete: int) -> Line:
    text = f"{read} of {accounts} accounts read"
    if read > complete:
        text += f", {read - complete} of them incompletely"
    if not read:
        return logging.ERROR, text
    return (logging.INFO if complete == accounts else logging.WARNING), text


def _listed(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= MAX_NAMED_STREAMS else f"{len(names)} streams"
