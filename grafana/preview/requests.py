"""What a page may ask the preview: queries of the dashboards' own panels and variables, by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from grafana.semantics import TimeRange, Variable, interpolate

Json = dict[str, Any]


class BadRequest(ValueError):
    """A request that the preview does not answer; the message says why."""


@dataclass(frozen=True)
class Asked:
    """One query: its letter in the panel, its SQL with the variables in it, the kind of answer."""

    ref: str
    sql: str
    wanted: str


def time_range(body: Any) -> TimeRange:  # noqa: ANN401 (any JSON value)
    """The time range of a request, from milliseconds since 1970. BadRequest if it has none."""
    try:
        first, last = (
            datetime.fromtimestamp(int(body[end]) / 1000, timezone.utc) for end in ("from", "to")
        )
    except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
        message = "from and to must be milliseconds since 1970"
        raise BadRequest(message) from error
    return TimeRange(first, last)


def queries(body: Json, dashboards: list[Json]) -> list[Asked]:
    """The queries of a request. BadRequest where one is not a query of these dashboards."""
    listed = body.get("queries")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        message = "queries must be a list"
        raise BadRequest(message)
    return [_query(one, dashboards) for one in listed]


def _query(asked: Json, dashboards: list[Json]) -> Asked:
    """SQL comes from the dashboard's file and never from the request."""
    ref = str(asked.get("refId", ""))
    dashboard = _found(dashboards, "uid", asked.get("dashboard"), "dashboard")
    declared = dashboard["templating"]["list"]
    variables = _variables(asked.get("variables"), declared)
    if "variable" in asked:
        one = _found(declared, "name", asked["variable"], "variable")
        return Asked(ref, interpolate(one["query"], variables), "table")
    panel = _found(dashboard["panels"], "id", asked.get("panel"), "panel")
    target = _found(panel.get("targets", []), "refId", ref, "query")
    return Asked(ref, interpolate(target["rawSql"], variables), target["format"])


def _found(things: list[Json], key: str, wanted: Any, what: str) -> Json:  # noqa: ANN401
    for thing in things:
        if thing[key] == wanted:
            return thing
    message = f"no {what} {wanted!r}; a query is named by its dashboard and its panel or variable"
    raise BadRequest(message)


def _variables(given: Any, declared: list[Json]) -> dict[str, Variable]:  # noqa: ANN401
    """Every variable of the dashboard; one that is not given is empty."""
    values = {} if given is None else given
    if not isinstance(values, dict):
        message = "variables must be an object"
        raise BadRequest(message)
    return {one["name"]: _variable(one, values.get(one["name"], "")) for one in declared}


def _variable(declared: Json, value: Any) -> Variable:  # noqa: ANN401
    several = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) for one in several):
        message = f"variable {declared['name']} must be text, or a list of texts"
        raise BadRequest(message)
    return Variable(value, multi=declared["multi"])
