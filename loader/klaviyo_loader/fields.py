"""COPY text of a record's values, per plain column type.

A value is plain if COPY reads it as the standard target would have stored it. Numbers and JSON
keep their bytes; dates and timestamps are plain in their usual spellings only.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

import sqlalchemy as sa
from msgspec import Raw
from singer_sdk.helpers._typing import get_datelike_property_type
from sqlalchemy.dialects import postgresql

if t.TYPE_CHECKING:
    from collections.abc import Callable

NULL = b"\\N"

MOMENT = re.compile(
    r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?"
    r"(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?",
    re.ASCII,
).fullmatch
# One spelling per timestamp, because records of a batch are deduplicated by the bytes of the key.
KEY_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{0,5}[1-9])?Z", re.ASCII
).fullmatch
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII).fullmatch
# Beyond these the standard target stores infinity, and Postgres reports an overflow.
NUMBER = re.compile(rb"-?\d{1,300}(?:\.\d{1,300})?(?:[eE][+-]?\d{1,2})?").fullmatch
INTEGER = re.compile(rb"0|-?[1-9]\d{0,18}").fullmatch


class NotPlainError(Exception):
    """The record must take the standard path."""


def text(value: str | None) -> bytes:
    """Text; the caller escapes tabs and line ends."""
    if value is None:
        return NULL
    if "\\" in value:
        value = value.replace("\\", "\\\\")
    return value.encode()


def boolean(value: bool | None) -> bytes:  # noqa: FBT001
    """True, false or null."""
    return NULL if value is None else b"t" if value else b"f"


def json(value: Raw) -> bytes:
    """JSON; null becomes a JSON null, as in the standard target."""
    return bytes(value).replace(b"\\", b"\\\\")


def spelled(pattern: Callable[[str], object]) -> Callable[[str | None], bytes]:
    """A writer for text that matches a pattern; raises NotPlainError for any other."""

    def write(value: str | None) -> bytes:
        if value is None:
            return NULL
        if pattern(value) is None:
            raise NotPlainError
        return value.encode()

    return write


def figure(pattern: Callable[[bytes], object]) -> Callable[[Raw], bytes]:
    """A writer for numbers that match a pattern; raises NotPlainError for any other."""

    def write(value: Raw) -> bytes:
        raw = bytes(value)
        if pattern(raw) is not None:
            return raw
        if raw == b"null":
            return NULL
        raise NotPlainError

    return write


@dataclass(frozen=True)
class Kind:
    """A plain column type.

    Attributes:
        decoded: Type that msgspec decodes a value to.
        write: Turns a decoded value into COPY text.
        stored: Postgres' name of the type.
        format: The JSON Schema format that makes the SDK parse the value.
        key: Like write, with one spelling per value; None if such columns cannot be keys.
    """

    decoded: type
    write: Callable[[t.Any], bytes]
    stored: str
    format: str | None = None
    key: Callable[[t.Any], bytes] | None = None


_INTEGER = figure(INTEGER)
_DAY = spelled(DAY)
# Exact types: a subclass may convert values.
KINDS: dict[type, Kind] = {
    sa.types.TEXT: Kind(str, text, "TEXT", key=text),
    sa.types.BOOLEAN: Kind(bool, boolean, "BOOLEAN"),
    sa.types.DATE: Kind(str, _DAY, "DATE", "date", key=_DAY),
    sa.types.TIMESTAMP: Kind(
        str, spelled(MOMENT), "TIMESTAMP WITHOUT TIME ZONE", "date-time", key=spelled(KEY_MOMENT)
    ),
    sa.types.DECIMAL: Kind(Raw, figure(NUMBER), "NUMERIC"),
    sa.types.BIGINT: Kind(Raw, _INTEGER, "BIGINT", key=_INTEGER),
    sa.types.INTEGER: Kind(Raw, _INTEGER, "INTEGER", key=_INTEGER),
    sa.types.SMALLINT: Kind(Raw, _INTEGER, "SMALLINT", key=_INTEGER),
    postgresql.JSONB: Kind(Raw, json, "JSONB"),
}


@dataclass(frozen=True)
class Field:
    """A column of a plain stream.

    Attributes:
        name: Name of the property and of the column.
        decoded: Type that msgspec decodes a value to.
        write: Turns a decoded value into COPY text.
        is_key: Whether it is part of the key, which every record must have.
    """

    name: str
    decoded: type
    write: Callable[[t.Any], bytes]
    is_key: bool


def field_of(
    column: sa.Column[t.Any], stored: str | None, schema: dict[str, t.Any], *, is_key: bool
) -> Field | None:
    """The field of a column, or None if it is not plain.

    Args:
        column: The column that the standard target derives from the schema.
        stored: Type of the column in the table.
        schema: JSON Schema of the property.
        is_key: Whether it is part of the stream's key.
    """
    kind = KINDS.get(type(column.type))
    if kind is None or kind.stored != stored or kind.format != get_datelike_property_type(schema):
        return None
    write = kind.key if is_key else kind.write
    return None if write is None else Field(str(column.name), kind.decoded, write, is_key)
