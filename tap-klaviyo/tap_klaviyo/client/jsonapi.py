"""JSON:API resources as Klaviyo sends them."""

from __future__ import annotations

import typing as t

from tap_klaviyo.times import utc_text

Resource = dict[str, t.Any]


def data_of(page: dict[str, t.Any]) -> list[Resource]:
    """The resources of a page; null counts as none.

    Raises:
        TypeError: What is there is no list.
    """
    found = page.get("data") or []
    if not isinstance(found, list):
        msg = f"a list is expected, not {type(found).__name__}"
        raise TypeError(msg)
    return found


def sound(item: Resource) -> Resource:
    """A resource that can be told from others; attributes that are absent are none.

    Raises:
        KeyError: It has no id.
        TypeError: Its id is no text, or its attributes are no object.
    """
    if not isinstance(item["id"], str) or not isinstance(item.get("attributes") or {}, dict):
        msg = "an id is text, and attributes are an object"
        raise TypeError(msg)
    return {**item, "attributes": item.get("attributes") or {}}


def related_id(resource: Resource, name: str) -> str | None:
    """Id of the one resource a relationship points to; None when it points nowhere."""
    relationship = (resource.get("relationships") or {}).get(name) or {}
    return t.cast("str | None", (relationship.get("data") or {}).get("id"))


def record_of(
    account_id: str,
    item: Resource,
    schema: dict[str, t.Any],
    attributes: dict[str, t.Any] | None = None,
) -> dict[str, t.Any]:
    """A resource as a record: a value for every column of the schema.

    Args:
        account_id: The account it belongs to.
        item: The resource.
        schema: Schema of the stream.
        attributes: What the columns are named after, if not the resource's own attributes.

    Returns:
        The attribute of each column's name, moments as UTC text, None where there is none.
    """
    found = {
        **(item["attributes"] if attributes is None else attributes),
        "account_id": account_id,
        "id": item["id"],
    }
    return {
        name: _fitting(value, column)
        for name, column in schema["properties"].items()
        for value in [found.get(name)]
    }


def _fitting(value: object, column: dict[str, t.Any]) -> object:
    """A value as its column takes it: moments in UTC, and `4.0` as the integer that it is."""
    if column.get("format") == "date-time":
        return utc_text(t.cast("str | None", value))
    if isinstance(value, float) and "integer" in column["type"] and value.is_integer():
        return int(value)
    return value
