"""What a stream must declare; checked when its class is created."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Iterator

DECLARED = {"name": str, "primary_keys": tuple, "schema": dict}
"""Attributes of every stream, and their types."""

READING = "`endpoint` (whose listing is read by default), a `read` of its own, or `read_with`"


def check_declaration(stream: type, default_read: object) -> None:
    """Check the class of a stream.

    Args:
        stream: The class.
        default_read: The `read` of the base class, which needs an `endpoint`.

    Raises:
        TypeError: Something is missing; the message says what.
    """
    problems = [
        f"no `{name}` ({kind.__name__})"
        for name, kind in DECLARED.items()
        if not isinstance(getattr(stream, name, None), kind)
    ]
    if not problems:
        problems += _columns_missing(stream)
    if not _can_read(stream, default_read):
        problems.append(f"none of {READING}")
    if problems:
        msg = f"Stream {stream.__name__} declares {'; '.join(problems)}."
        raise TypeError(msg)


def _columns_missing(stream: t.Any) -> Iterator[str]:  # noqa: ANN401 - a class not checked yet
    """Key columns that the schema lacks; records without an account cannot be told apart."""
    keys = [*stream.primary_keys, *filter(None, [_replication_key(stream)])]
    for key in keys:
        if key not in stream.schema["properties"]:
            yield f"no column `{key}`, which is a key"
    if "account_id" not in stream.primary_keys:
        yield "no `account_id` in its `primary_keys`"


def _replication_key(stream: type) -> str | None:
    value = getattr(stream, "replication_key", None)
    return value if isinstance(value, str) else None


def _can_read(stream: type, default_read: object) -> bool:
    return (
        getattr(stream, "read_with", None) is not None
        or getattr(stream, "endpoint", None) is not None
        or getattr(stream, "read", default_read) is not default_read
    )
