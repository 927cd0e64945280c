"""What a stream hands on while it reads: records, finished lines, and how far it has come."""

from __future__ import annotations

import json
import typing as t
from datetime import datetime

import msgspec

from tap_klaviyo.run.run_stats import Missing
from tap_klaviyo.times import UTC, to_z

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Record = dict[str, t.Any]


class Records(t.NamedTuple):
    """Records of one stream, as read from one answer.

    Attributes:
        stream: The stream's name: a read may carry records of several streams.
        records: Complete records, `account_id` included.
    """

    stream: str
    records: list[Record]


class Lines(t.NamedTuple):
    """Records of one stream as finished Singer messages.

    Attributes:
        stream: The stream's name.
        text: UTF-8, a message a line.
        size: How many records there are.
    """

    stream: str
    text: bytes
    size: int

    @property
    def records(self) -> list[Record]:
        """The records, decoded again."""
        return [json.loads(line)["record"] for line in self.text.splitlines()]


class Checkpoint(t.NamedTuple):
    """All records up to here are out: the bookmark may move.

    Attributes:
        bookmark: End of the last whole window.
        extra: More to remember beside the bookmark.
    """

    bookmark: datetime
    extra: dict[str, t.Any] | None = None


Item = Records | Lines | Checkpoint

_encoder = msgspec.json.Encoder(decimal_format="number")


def in_lines(item: Records) -> Lines:
    """Encode a whole answer at once."""
    head = {"type": "RECORD", "stream": item.stream}
    extracted = {"time_extracted": to_z(datetime.now(UTC))}
    messages = [{**head, "record": record, **extracted} for record in item.records]
    return Lines(item.stream, _encoder.encode_lines(messages), len(messages))


def with_keys(records: list[Record], keys: Sequence[str]) -> tuple[list[Record], Missing | None]:
    """Put aside records that lack a value in a key: no loader can tell them apart.

    Returns:
        The others, and what was put aside.
    """
    kept = [record for record in records if _has(record, keys)]
    if len(kept) == len(records):
        return records, None
    names = [_named(record, keys) for record in records if not _has(record, keys)]
    return kept, Missing(names, "Klaviyo sent no value for a key; without one nothing is loaded")


def _has(record: Record, keys: Iterable[str]) -> bool:
    return all(isinstance(record.get(key), (str, int, float)) for key in keys)


def _named(record: Record, keys: Iterable[str]) -> str:
    """A record that lacks a key, by the keys it has and the names of those it lacks."""
    known = [str(record[key]) for key in keys if key != "account_id" and _has(record, (key,))]
    lacking = [f"no {key}" for key in keys if not _has(record, (key,))]
    return " ".join((*known, *lacking))
