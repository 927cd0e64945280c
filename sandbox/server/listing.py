"""Small collections: filtered, sorted and paged in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.server.filters import parse_time
from sandbox.server.query import next_link

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.server.contract import Endpoint
    from sandbox.server.filters import Condition
    from sandbox.server.query import Query
    from sandbox.server.resources import Resource


def page_of(
    resources: Iterable[Resource], endpoint: Endpoint, account_id: str, query: Query, url: str
) -> tuple[list[Resource], str | None]:
    """One page of a collection, and the address of the next page or None."""
    matching = [item for item in resources if _matches(item, endpoint, query.conditions)]
    descending = query.sort.startswith("-")
    path = endpoint.sorts.get(query.sort.removeprefix("-"), "id")

    def order(item: Resource) -> tuple[str, str]:
        return (str(value_at(item, path)), str(item["id"]))

    matching.sort(key=order, reverse=descending)
    if query.after is not None:
        matching = [item for item in matching if _is_past(order(item), query.after, descending)]
    page = matching[: query.size] if query.size else matching
    if len(page) == len(matching):
        return page, None
    return page, next_link(url, endpoint, account_id, query, order(page[-1]))


def value_at(item: Resource, path: str) -> Any:  # noqa: ANN401 - JSON
    """The value at a dotted path, None if it is not there."""
    value: Any = item
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def sparse(item: Resource, fields: dict[str, frozenset[str]]) -> Resource:
    """The resource with only the attributes asked for."""
    wanted = fields.get(item["type"])
    if wanted is None or "attributes" not in item:
        return item
    kept = {name: value for name, value in item["attributes"].items() if name in wanted}
    return item | {"attributes": kept}


def as_asked(item: Resource, endpoint: Endpoint, query: Query) -> Resource:
    """The resource without what is served only to those who ask for it."""
    made = sparse(item, query.fields)
    unasked = set(endpoint.additional.get(item["type"], ())) - query.additional
    if unasked:
        kept = {name: value for name, value in made["attributes"].items() if name not in unasked}
        made = made | {"attributes": kept}
    if not endpoint.names_related and "relationships" in made:
        made = made | {"relationships": _only_links(made["relationships"], query.include)}
    return made


def _only_links(relationships: Resource, include: frozenset[str]) -> Resource:
    return {
        name: relation if name in include else {"links": relation["links"]}
        for name, relation in relationships.items()
    }


def _is_past(key: tuple[str, str], after: tuple[Any, str], descending: bool) -> bool:  # noqa: FBT001
    return key < tuple(after) if descending else key > tuple(after)


def _matches(item: Resource, endpoint: Endpoint, conditions: Iterable[Condition]) -> bool:
    return all(_satisfies(item, endpoint, condition) for condition in conditions)


def _satisfies(item: Resource, endpoint: Endpoint, condition: Condition) -> bool:
    field = endpoint.filters[condition.field]
    value = value_at(item, field.path)
    return condition.holds(parse_time(value) if field.kind == "time" and value else value)
