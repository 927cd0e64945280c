"""What a run came to, in words: its last lines in the log."""

from __future__ import annotations

import logging
import typing as t
from collections import defaultdict

if t.TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from tap_klaviyo.account import Account

READ = ("ok", "partial")
NAMED = 3  # streams named in a line; of more, only their number is said

Line = tuple[int, str]
"""Level of a log line, and its text."""


def last_words(brands: Sequence[Account], streams: Collection[str]) -> Iterator[Line]:
    """What was changed and what is lacking, by brand, with what to do; then all brands together.

    Args:
        brands: Every account of the settings, read or not.
        streams: Names of the streams that do the reading; one may be named several times.
    """
    yield from _changes(brands)
    streams = dict.fromkeys(streams)
    read, whole = 0, 0
    for brand in brands:
        lacks = _lacks(brand, streams)
        is_read = any(brand.tallies[name].outcome[0] in READ for name in streams)
        read += is_read
        whole += not lacks
        for (status, error), names in lacks.items():
            level = logging.ERROR if status == "failed" else logging.WARNING
            what = f"{_listed(names)} {status}" if is_read else "not read"
            yield level, f"{brand.client}: {what}: {error}"
    yield _total(len(brands), read, whole)


def _changes(brands: Sequence[Account]) -> Iterator[Line]:
    """What no database could hold and had to be changed, once per kind."""
    for brand in brands:
        for stream, tally in brand.tallies.items():
            for kind, times in tally.changes.items():
                yield logging.WARNING, f"{brand.client}, {stream}: {times} {kind}"


def _lacks(brand: Account, streams: Collection[str]) -> dict[tuple[str, str | None], list[str]]:
    """Streams that are not whole, by status and reason."""
    lacks = defaultdict(list)
    for name in streams:
        outcome = brand.tallies[name].outcome
        if outcome[0] != "ok":
            lacks[outcome].append(name)
    return lacks


def _total(brands: int, read: int, whole: int) -> Line:
    text = f"{read} of {brands} brands read"
    if read > whole:
        text += f", {read - whole} of them not whole"
    if not read:
        return logging.ERROR, text
    return (logging.INFO if whole == brands else logging.WARNING), text


def _listed(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= NAMED else f"{len(names)} streams"
