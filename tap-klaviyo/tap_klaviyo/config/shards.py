"""Shards: the accounts of one installation, divided among several runs of the tap.

The shard of an account depends on its `client` and on the number of shards, on nothing else: shards
are disjoint, together they are complete, and another account moves none of the others.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

LARGEST = 1000
"""The most shards; each is a process of its own."""

FORM = re.compile(r"([1-9]\d{0,3})/([1-9]\d{0,3})", re.ASCII)


def shard_of(client: str, count: int) -> int:
    """The shard of a client, from 1 to `count`; the same on every machine and in every version."""
    digest = hashlib.sha256(client.encode()).digest()
    return int.from_bytes(digest[:8], "big") % count + 1


@dataclass(frozen=True)
class Shard:
    """One of several parts, numbered from 1: `3/16`."""

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read `3/16`.

        Raises:
            ValueError: It has another form, or there is no such part.
        """
        found = FORM.fullmatch(text)
        if found is None:
            msg = f"{text!r} is not a shard: write its number and how many there are, such as 3/16"
            raise ValueError(msg)
        number, count = int(found[1]), int(found[2])
        if count > LARGEST or number > count:
            least = f"from 1/{min(count, LARGEST)} to {min(count, LARGEST)}/{min(count, LARGEST)}"
            msg = f"there is no shard {text}: write one {least}"
            raise ValueError(msg)
        return cls(number, count)

    def has(self, client: str) -> bool:
        """Whether it reads this client."""
        return shard_of(client, self.count) == self.number

    def __str__(self) -> str:
        """As in the setting."""
        return f"{self.number}/{self.count}"
