"""JSON:API resources as Klaviyo sends them."""

from __future__ import annotations

import typing as t

from tap_klaviyo.times import utc_text

Resource = dict[str, t.Any]


def related_id(resource: Resource, name: str) -> str | None:
    """Id of the one resource a relationship points to; None when it points nowhere."""
    relationship = (resource.get("relationships") or {}).get(name) or {}
    return t.cast("str | None", (relationship.get("data") or {}).get("id"))


def in_columns(schema: dict[str, t.Any], attributes: dict[str, t.Any]) -> dict[str, t.Any]:
    """A value for every column: the attribute of its name, moments as UTC text, else None."""
    columns = schema["properties"].items()
    return {
        name: utc_text(value) if column.get("format") == "date-time" else value
        for name, column in columns
        for value in [attributes.get(name)]
    }
