"""A viewer's choices: what the variables of a dashboard are when some clients are picked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grafana.semantics import TimeRange, Variable, interpolate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grafana.semantics.source import Source

Json = dict[str, Any]
ALL = "$__all"


def chosen(
    dashboard: Json, source: Source, asked: TimeRange, clients: Sequence[str] | str
) -> dict[str, Variable]:
    """The dashboard's variables as Grafana would have them.

    Values are asked from the database, in the order of the variables, each query with the
    variables before it; a variable that is not set takes its first value, or an empty one.

    Args:
        dashboard: Its JSON.
        source: The database.
        asked: The time range.
        clients: The clients picked; ALL for all of them. Where only one can be picked, the first.
    """
    variables: dict[str, Variable] = {}
    for one in dashboard["templating"]["list"]:
        frame = source.ask(interpolate(one["query"], variables), asked)
        columns = {field.name: field.values for field in frame.fields}
        values = columns.get("__value", columns.get("__text", []))
        picked = clients if one["name"] == "client" and clients != ALL else values
        if one["multi"]:
            variables[one["name"]] = Variable(picked, multi=True)
        else:
            variables[one["name"]] = Variable(picked[0] if picked else "")
    return variables
