"""Checking a GET request's query string against the contract."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from sandbox.server.errors import bad_cursor, bad_parameter
from sandbox.server.filters import Condition, parse_filter

if TYPE_CHECKING:
    from sandbox.server.contract import Endpoint

_FIELDS = re.compile(r"fields\[([a-z-]+)\]")


@dataclass(frozen=True)
class Query:
    """A checked query.

    Attributes:
        raw: The parameters as sent, without the cursor.
        conditions: The filter, all of which must hold.
        sort: Field to sort by, '-' in front for descending.
        include: Resource types to include.
        fields: Sparse fieldsets asked for, by type.
        additional: Attributes asked for that are not served otherwise.
        size: Resources per page; 0 for all.
        after: Sort key and id of the last resource of the page before, or None.
    """

    raw: dict[str, str]
    conditions: tuple[Condition, ...]
    sort: str
    include: frozenset[str]
    fields: dict[str, frozenset[str]]
    additional: frozenset[str]
    size: int
    after: tuple[Any, str] | None


def read_query(endpoint: Endpoint, account_id: str, query_string: str) -> Query:
    """Check a query string.

    Raises:
        ApiError: 400 naming the parameter that Klaviyo would refuse.
    """
    raw = _parameters(query_string)
    after = None
    cursor = raw.pop("page[cursor]", None)
    if cursor is not None:
        raw, after = _resume(endpoint, account_id, cursor, raw)
    _refuse_unknown(endpoint, raw)
    conditions = parse_filter(raw["filter"], endpoint.filters) if "filter" in raw else []
    return Query(
        raw=raw,
        conditions=tuple(conditions),
        sort=_sort(endpoint, raw),
        include=_include(endpoint, raw),
        fields=_fields(endpoint, raw),
        additional=_additional(endpoint, raw),
        size=_size(endpoint, raw),
        after=after,
    )


def next_link(
    url: str, endpoint: Endpoint, account_id: str, query: Query, last: tuple[Any, str]
) -> str:
    """The full address of the following page."""
    state = {"e": endpoint.name, "a": account_id, "q": query.raw, "k": last}
    cursor = base64.urlsafe_b64encode(json.dumps(state).encode()).decode().rstrip("=")
    return f"{url}?{urlencode(query.raw | {'page[cursor]': cursor})}"


def _resume(
    endpoint: Endpoint, account_id: str, cursor: str, sent: dict[str, str]
) -> tuple[dict[str, str], tuple[Any, str]]:
    """The query a cursor belongs to; the request may repeat it, or leave it out, not change it."""
    try:
        state = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        belongs = (state["e"], state["a"]) == (endpoint.name, account_id)
        raw, key = state["q"], (state["k"][0], state["k"][1])
    except (binascii.Error, ValueError, KeyError, TypeError, IndexError) as error:
        raise bad_cursor() from error
    if not belongs or any(raw.get(name) != value for name, value in sent.items()):
        raise bad_cursor()
    return raw, key


def _parameters(query_string: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in parse_qsl(query_string, keep_blank_values=True):
        if name in found:
            raise bad_parameter(name=name, detail=f"Parameter '{name}' was given more than once")
        found[name] = value
    return found


def _refuse_unknown(endpoint: Endpoint, raw: dict[str, str]) -> None:
    known = {
        "filter": bool(endpoint.filters),
        "sort": bool(endpoint.sorts),
        "include": bool(endpoint.include),
        "page[size]": endpoint.page_size is not None,
        "page_cursor": endpoint.page_cursor,
        **{f"additional-fields[{kind}]": True for kind in endpoint.additional},
    }
    for name in raw:
        if not known.get(name) and not _FIELDS.fullmatch(name):
            raise bad_parameter(
                name=name, detail=f"'{name}' is not a valid parameter for this endpoint"
            )


def _sort(endpoint: Endpoint, raw: dict[str, str]) -> str:
    sort = raw.get("sort", endpoint.default_sort)
    if "sort" in raw and sort.removeprefix("-") not in endpoint.sorts:
        raise bad_parameter(name="sort", detail=f"'{sort}' is not a valid sort for this resource")
    return sort


def _include(endpoint: Endpoint, raw: dict[str, str]) -> frozenset[str]:
    if "include" not in raw:
        return frozenset()
    wanted = raw["include"].split(",")
    for name in wanted:
        if name not in endpoint.include:
            raise bad_parameter(
                name="include", detail=f"'{name}' is not a valid include for this resource"
            )
    return frozenset(wanted)


def _fields(endpoint: Endpoint, raw: dict[str, str]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for name, value in raw.items():
        match = _FIELDS.fullmatch(name)
        if match is None:
            continue
        allowed = endpoint.fields.get(match[1])
        if allowed is None:
            raise bad_parameter(
                name=name, detail=f"'{match[1]}' is not a resource of this endpoint"
            )
        wanted = frozenset(part.split(".")[0] for part in value.split(","))
        if unknown := wanted - set(allowed):
            raise bad_parameter(
                name=name, detail=f"'{min(unknown)}' is not a valid field of '{match[1]}'"
            )
        found[match[1]] = wanted
    return found


def _additional(endpoint: Endpoint, raw: dict[str, str]) -> frozenset[str]:
    wanted: set[str] = set()
    for kind, allowed in endpoint.additional.items():
        name = f"additional-fields[{kind}]"
        for value in raw[name].split(",") if name in raw else ():
            if value not in allowed:
                detail = f"'{value}' is not a valid additional field of '{kind}'"
                raise bad_parameter(name=name, detail=detail)
            wanted.add(value)
    return frozenset(wanted)


def _size(endpoint: Endpoint, raw: dict[str, str]) -> int:
    if endpoint.page_size is None:
        return endpoint.page_fixed
    default, most = endpoint.page_size
    text = raw.get("page[size]", str(default))
    if not re.fullmatch(r"\d{1,6}", text) or not 1 <= int(text) <= most:
        raise bad_parameter(
            name="page[size]", detail=f"Page size must be an integer between 1 and {most}"
        )
    return int(text)
