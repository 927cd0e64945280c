"""The pending batch of one stream: COPY text, the last record per key."""

from __future__ import annotations

import time
import typing as t
from datetime import datetime, timezone

import msgspec

from klaviyo_loader.fields import MOMENT, NULL, NotPlainError, spelled

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from klaviyo_loader.fields import Field

METADATA = (
    "_sdc_extracted_at",
    "_sdc_received_at",
    "_sdc_batched_at",
    "_sdc_sequence",
    "_sdc_table_version",
    "_sdc_sync_started_at",
)
"""Columns that the target fills itself; _sdc_deleted_at comes from the tap."""

OF_THE_RUN = {*METADATA} - {"_sdc_table_version"}
"""Those that differ in every run. The version does not: rows of an older one are deleted."""

NOTHING = msgspec.Raw(b"null")
_moment = spelled(MOMENT)


class Envelope(msgspec.Struct, gc=False):
    """A RECORD message whose record is still undecoded."""

    type: t.Literal["RECORD"]
    stream: str
    record: msgspec.Raw
    time_extracted: str | None = None
    version: int | None = None


class Metadata:
    """COPY text of the METADATA columns, reused by all records of a millisecond and a page."""

    def __init__(self, sync_started_at: int) -> None:
        """Take the start of the run, in milliseconds since 1970."""
        self._sync_started_at = sync_started_at
        self._of: tuple[int, str | None, int | None] | None = None
        self._fields = b""
        self._batched_at = b""

    def begin(self) -> None:
        """Start a batch."""
        self._batched_at = datetime.now(timezone.utc).isoformat().encode()
        self._of = None

    def of(self, message: Envelope) -> bytes:
        """The fields of one record, joined."""
        now = time.time()
        of = (round(now * 1000), message.time_extracted, message.version)
        if of != self._of:
            self._fields = b"\t".join(self._new(now, *of))
            self._of = of
        return self._fields

    def _new(
        self, now: float, sequence: int, extracted: str | None, version: int | None
    ) -> Iterable[bytes]:
        yield _moment(extracted)
        yield datetime.fromtimestamp(now, timezone.utc).isoformat().encode()
        yield self._batched_at
        yield b"%d" % sequence
        yield NULL if version is None else b"%d" % version
        yield b"%d" % self._sync_started_at


class Rows:
    """Pending records; false if there are none.

    Attributes:
        names: Columns, in the order of the fields of a line.
        size: Bytes added, including replaced lines.
    """

    def __init__(
        self, fields: Sequence[Field], ignored: Iterable[str] | None, metadata: Metadata | None
    ) -> None:
        """Compile the decoder.

        Args:
            fields: The stream's columns, without METADATA.
            ignored: Properties without a column that records may have; None for any.
            metadata: None if the table has no such columns.
        """
        self.names = [field.name for field in fields] + list(METADATA if metadata else ())
        self.size = 0
        self._decode = _decoder(fields, ignored)
        self._writes = [field.write for field in fields]
        self._keys = [number for number, field in enumerate(fields) if field.is_key]
        self._metadata = metadata
        self._lines: dict[bytes, bytes] = {}

    def __bool__(self) -> bool:
        """Whether a record is pending."""
        return bool(self._lines)

    def add(self, message: Envelope) -> None:
        """Add a record, in place of an earlier one with the same key.

        Raises:
            NotPlainError: It must take the standard path; the batch is unchanged.
        """
        if not self._lines and self._metadata:
            self._metadata.begin()
        try:
            values = msgspec.structs.astuple(self._decode(message.record))
            fields = [write(value) for write, value in zip(self._writes, values, strict=False)]
        except (msgspec.MsgspecError, UnicodeError) as error:
            raise NotPlainError from error
        key = b"\t".join([fields[number] for number in self._keys])
        line = _line(fields)
        if self._metadata:
            line = b"%b\t%b" % (line, self._metadata.of(message))
        self._lines[key] = line
        self.size += len(line)

    def take(self) -> list[bytes]:
        """Return the lines and empty the batch."""
        lines = list(self._lines.values())
        self._lines, self.size = {}, 0
        return lines


def _line(fields: list[bytes]) -> bytes:
    """Join the fields; tabs and line ends within them are rare, so they are escaped only here."""
    line = b"\t".join(fields)
    if b"\0" in line:
        raise NotPlainError
    if line.count(b"\t") >= len(fields) or b"\n" in line or b"\r" in line:
        return b"\t".join([_escaped(field) for field in fields])
    return line


def _escaped(field: bytes) -> bytes:
    return field.replace(b"\n", b"\\n").replace(b"\t", b"\\t").replace(b"\r", b"\\r")


def _decoder(
    fields: Sequence[Field], ignored: Iterable[str] | None
) -> Callable[[msgspec.Raw], msgspec.Struct]:
    """A decoder that rejects missing keys, other types and unknown properties."""
    parts = [(field.name, *_type_and_default(field)) for field in fields]
    parts += [(name, msgspec.Raw, {"default": NOTHING}) for name in ignored or ()]
    struct = msgspec.defstruct(
        "Record",
        [
            (f"f{number}", kind, msgspec.field(name=name, **default))
            for number, (name, kind, default) in enumerate(parts)
        ],
        kw_only=True,
        gc=False,
        forbid_unknown_fields=ignored is not None,
    )
    return msgspec.json.Decoder(struct).decode


def _type_and_default(field: Field) -> tuple[t.Any, dict[str, t.Any]]:
    if field.is_key:
        return field.decoded, {}
    if field.decoded is msgspec.Raw:
        return msgspec.Raw, {"default": NOTHING}
    return field.decoded | None, {"default": None}
