"""What a stream yields while it reads: records, encoded messages, and checkpoints."""

from __future__ import annotations

import json
import typing as t
from datetime import datetime

import msgspec

from tap_klaviyo.run.run_stats import MissingParts
from tap_klaviyo.times import UTC, to_z

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Record = dict[str, t.Any]


class Records(t.NamedTuple):
    """Records of one stream, as read from one response.

    Attributes:
        stream: The stream's name: a response may hold records of several streams.
        records: Complete records, `account_id` included.
    """

    stream: str
    records: list[Record]


class EncodedRecords(t.NamedTuple):
    """Records of one stream, encoded as Singer messages.

    Attributes:
        stream: The stream's name.
        lines: UTF-8, one message per line.
        size: Number of records.
    """

    stream: str
    lines: bytes
    size: int

    @property
    def records(self) -> list[Record]:
        """The records, decoded again."""
        return [json.loads(line)["record"] for line in self.lines.splitlines()]


class Checkpoint(t.NamedTuple):
    """Every record up to here has been yielded: the bookmark may move.

    Attributes:
        bookmark: End of the last complete window.
        extra: Further values to keep in the state.
    """

    bookmark: datetime
    extra: dict[str, t.Any] | None = None


Item = Records | EncodedRecords | Checkpoint

_encoder = msgspec.json.Encoder(decimal_format="number")


def encode(item: Records) -> EncodedRecords:
    """Encode all records of a response in one call."""
    head = {"type": "RECORD", "stream": item.stream}
    extracted = {"time_extracted": to_z(datetime.now(UTC))}
    messages = [{**head, "record": record, **extracted} for record in item.records]
    return EncodedRecords(item.stream, _encoder.encode_lines(messages), len(messages))


def split_by_key(
    records: list[Record], keys: Sequence[str]
) -> tuple[list[Record], MissingParts | None]:
    """Separate records that lack a value for a key: a loader cannot identify them.

    Returns:
        The complete ones, and what the others are.
    """
    kept = [record for record in records if _has(record, keys)]
    if len(kept) == len(records):
        return records, None
    names = [_name(record, keys) for record in records if not _has(record, keys)]
    return kept, MissingParts(
        names, "Klaviyo sent no value for a key; records without a key are not loaded"
    )


def _has(record: Record, keys: Iterable[str]) -> bool:
    return all(isinstance(record.get(key), (str, int, float)) for key in keys)


def _name(record: Record, keys: Iterable[str]) -> str:
    """Name a record that lacks a key: the keys it has, and the names of those it lacks."""
    known = [str(record[key]) for key in keys if key != "account_id" and _has(record, (key,))]
    lacking = [f"no {key}" for key in keys if not _has(record, (key,))]
    return " ".join((*known, *lacking))
