"""JSON:API documents and resources, as Klaviyo sends them."""

from __future__ import annotations

import typing as t
from collections import Counter

from tap_klaviyo.client.errors import Unreadable
from tap_klaviyo.client.sanitize import load_json
from tap_klaviyo.times import utc_text

if t.TYPE_CHECKING:
    from tap_klaviyo.run.run_stats import StreamStats

Resource = dict[str, t.Any]


class DocumentHasErrors(Exception):
    """A document contains `errors` although the HTTP status is a success."""


def decode(raw: bytes, stats: StreamStats) -> dict[str, t.Any]:
    """Decode a JSON:API document and replace what a database could not store.

    Args:
        raw: The response body.
        stats: Where the replacements are counted.

    Raises:
        ValueError: It is not JSON, or incomplete.
        DocumentHasErrors: It contains errors; its data cannot be trusted.
        Unreadable: It is JSON of an undocumented structure.
    """
    changes: Counter[str] = Counter()
    document = load_json(raw, changes)
    if isinstance(document, dict) and document.get("errors"):
        raise DocumentHasErrors
    if not isinstance(document, dict) or "data" not in document:
        msg = "the response has an undocumented JSON structure. Upgrade tap-klaviyo or report this."
        raise Unreadable(msg)
    stats.count_changes(changes)
    return document


def data_of(page: dict[str, t.Any]) -> list[Resource]:
    """The resources of a page; null counts as none.

    Raises:
        TypeError: `data` is not a list.
    """
    found = page.get("data") or []
    if not isinstance(found, list):
        msg = f"a list is expected, not {type(found).__name__}"
        raise TypeError(msg)
    return found


def valid_resource(item: Resource) -> Resource:
    """A resource with an id, and with its attributes; missing attributes become none.

    Raises:
        KeyError: It has no id.
        TypeError: Its id is not text, or its attributes are not an object.
    """
    if not isinstance(item["id"], str) or not isinstance(item.get("attributes") or {}, dict):
        msg = "an id is text, and attributes are an object"
        raise TypeError(msg)
    return {**item, "attributes": item.get("attributes") or {}}


def related_id(resource: Resource, name: str) -> str | None:
    """Id of the resource that a to-one relationship points to; None if there is none."""
    relationship = (resource.get("relationships") or {}).get(name) or {}
    return t.cast("str | None", (relationship.get("data") or {}).get("id"))


def related_ids(resource: Resource, name: str) -> list[str]:
    """Ids of the resources that a to-many relationship points to; an absent one has none."""
    relationship = (resource.get("relationships") or {}).get(name) or {}
    return [item["id"] for item in relationship.get("data") or []]


def record_of(
    account_id: str,
    item: Resource,
    schema: dict[str, t.Any],
    attributes: dict[str, t.Any] | None = None,
) -> dict[str, t.Any]:
    """Turn a resource into a record with a value for every column of the schema.

    Args:
        account_id: The account it belongs to.
        item: The resource.
        schema: Schema of the stream.
        attributes: Values by column name; by default the resource's own attributes.

    Returns:
        The attribute of each column's name: timestamps as UTC text, None if there is none.
    """
    found = {
        **(item["attributes"] if attributes is None else attributes),
        "account_id": account_id,
        "id": item["id"],
    }
    columns = schema["properties"].items()
    return {name: _as_column(found.get(name), column) for name, column in columns}


def _as_column(value: object, column: dict[str, t.Any]) -> object:
    """A value in its column's type: timestamps in UTC, and `4.0` as the integer that it is."""
    if column.get("format") == "date-time":
        return utc_text(t.cast("str | None", value))
    if isinstance(value, float) and "integer" in column["type"] and value.is_integer():
        return int(value)
    return value
