"""Klaviyo's filter grammar as functions: `less_than("datetime", t)` → `less-than(datetime,…Z)`.

Operators differ between endpoints; a stream uses those its endpoint allows. Timestamps are
written in UTC with `Z`: the `+` of an offset such as `+00:00` turns into a space in a URL, and
Klaviyo then rejects the filter or ignores it.
"""

from __future__ import annotations

from datetime import datetime

from tap_klaviyo.times import to_z

Operand = str | bool | datetime


def equals(field: str, value: Operand) -> str:
    """The field has exactly this value."""
    return f"equals({field},{_literal(value)})"


def greater_or_equal(field: str, value: datetime) -> str:
    """The field is this time or later."""
    return f"greater-or-equal({field},{_literal(value)})"


def greater_than(field: str, value: datetime) -> str:
    """The field is later than this time."""
    return f"greater-than({field},{_literal(value)})"


def less_than(field: str, value: datetime) -> str:
    """The field is earlier than this time."""
    return f"less-than({field},{_literal(value)})"


def any_of(field: str, values: list[str]) -> str:
    """The field has one of these values."""
    return f"any({field},[{','.join(_literal(value) for value in values)}])"


def all_of(*conditions: str) -> str:
    """Every condition holds; Klaviyo joins conditions with commas."""
    return ",".join(conditions)


def _literal(value: Operand) -> str:
    if isinstance(value, datetime):
        return to_z(value)
    if isinstance(value, bool):
        return str(value).lower()
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
