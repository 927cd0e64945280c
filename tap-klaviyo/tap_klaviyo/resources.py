"""JSON:API resources as Klaviyo sends them."""

from __future__ import annotations

import typing as t

Resource = dict[str, t.Any]


def related_id(resource: Resource, name: str) -> str | None:
    """Id of the one resource a relationship points to; None when it points nowhere."""
    relationship = (resource.get("relationships") or {}).get(name) or {}
    return t.cast("str | None", (relationship.get("data") or {}).get("id"))
