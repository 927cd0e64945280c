"""A dashboard's JSON against Grafana's types and this project's own rules."""

from __future__ import annotations

import json
import re
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft7Validator

from grafana.checks.field_styles import oddities

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Json = dict[str, Any]
SCHEMA = Path(__file__).resolve().parent.parent / "schema" / "dashboard.schema.json"
SOURCE = {"type": "grafana-postgresql-datasource", "uid": "warehouse"}
LONGEST_SQL = 80
_WIDTH = 24
_LONGEST_UID = 40
_KINDS = ("stat", "bargauge", "barchart", "table", "timeseries", "text", "row")
_VARIABLE = re.compile(r"\$\{(?!__)(\w+)(?::(\w+))?\}|\$(?!__)([a-z]\w*)")
_SCHEMA_NAME = re.compile(r"\b(analytics\w*|tap_klaviyo|team_\w+)\.")


def problems(dashboard: Json) -> list[str]:
    """Everything that is wrong with a dashboard, in words; nothing if all is well."""
    uid = dashboard.get("uid", "(no uid)")
    return [f"{uid}: {problem}" for rule in _RULES for problem in rule(dashboard)]


def drawn(dashboard: Json) -> list[Json]:
    """The panels that ask the database."""
    return [panel for panel in dashboard["panels"] if panel["type"] not in ("row", "text")]


def _fits_grafana(dashboard: Json) -> Iterator[str]:
    yield from _misfits("dashboard", _without_annotation_queries(dashboard), "dashboard")
    for panel in dashboard["panels"]:
        if panel["type"] not in _KINDS:
            yield f"panel {panel['title']!r}: kind {panel['type']!r} is not drawn by the preview"
        else:
            yield from _misfits(panel["type"], panel, f"panel {panel['title']!r}")
    for variable in dashboard["templating"]["list"]:
        yield from _misfits("variable", variable, f"variable {variable['name']}")


def _without_annotation_queries(dashboard: Json) -> Json:
    """Grafana's type describes the query of its own data source only, and names that a TODO."""
    asked = [
        {name: value for name, value in annotation.items() if name != "target"}
        for annotation in dashboard["annotations"]["list"]
    ]
    return {**dashboard, "annotations": {"list": asked}}


def _misfits(kind: str, thing: Json, name: str) -> Iterator[str]:
    schema = json.loads(SCHEMA.read_text())
    validator = Draft7Validator({**schema, "$ref": f"#/definitions/{kind}"})
    for error in validator.iter_errors(thing):
        where = "/".join(str(step) for step in error.absolute_path)
        yield f"{name}: {where}: {error.message[:200]}"


def _is_a_file(dashboard: Json) -> Iterator[str]:
    """What a dashboard that is read from a file must and must not have."""
    if not re.fullmatch(r"[a-z0-9-]+", dashboard["uid"]) or len(dashboard["uid"]) > _LONGEST_UID:
        yield "uid: lower case, digits and dashes, at most 40"
    if dashboard.get("schemaVersion") != 42:  # noqa: PLR2004 (Grafana 13.2's)
        yield "schemaVersion: must be 42"
    if dashboard.get("id") is not None or "__inputs" in dashboard:
        yield "was exported: a file has neither id nor __inputs"
    if dashboard.get("timezone") != "utc":
        yield "timezone: a local day is kept as a date, and utc leaves it alone"


def _ids(dashboard: Json) -> Iterator[str]:
    ids = [panel["id"] for panel in dashboard["panels"]]
    if len(set(ids)) != len(ids):
        yield "panel ids are not unique"
    titles = [panel["title"] for panel in dashboard["panels"] if panel["title"]]
    if len(set(titles)) != len(titles):
        yield "panel titles are not unique"


def _grid(dashboard: Json) -> Iterator[str]:
    for panel in dashboard["panels"]:
        at = panel["gridPos"]
        if at["x"] < 0 or at["y"] < 0 or at["x"] + at["w"] > _WIDTH or min(at["w"], at["h"]) < 1:
            yield f"panel {panel['title']!r} is off the grid"
    for one, other in combinations(dashboard["panels"], 2):
        if _overlap(one["gridPos"], other["gridPos"]):
            yield f"panels {one['title']!r} and {other['title']!r} overlap"


def _overlap(one: Json, other: Json) -> bool:
    return all(
        one[start] < other[start] + other[size] and other[start] < one[start] + one[size]
        for start, size in (("x", "w"), ("y", "h"))
    )


def _panels_explain(dashboard: Json) -> Iterator[str]:
    for panel in drawn(dashboard):
        if not panel["fieldConfig"]["defaults"].get("unit"):
            yield f"panel {panel['title']!r} has no unit"
        if len(panel["description"].split()) < 4:  # noqa: PLR2004
            yield f"panel {panel['title']!r} does not say what it counts"
        for thing in (panel, *panel["targets"]):
            if thing["datasource"] != SOURCE:
                yield f"panel {panel['title']!r} asks another data source"


def _field_styles(dashboard: Json) -> Iterator[str]:
    for panel in drawn(dashboard):
        for oddity in oddities(panel):
            yield f"panel {panel['title']!r}: {oddity}"


def _queries(dashboard: Json) -> Iterator[str]:
    for name, sql in queries(dashboard):
        if len(sql.splitlines()) > LONGEST_SQL:
            yield f"{name}: more than {LONGEST_SQL} lines of SQL; rules live in the marts"
        if "--" in sql or "/*" in sql:
            yield f"{name}: a comment in the SQL; say it in the description"
        if found := _SCHEMA_NAME.search(sql):
            yield f"{name}: {found[0]} names a schema; the role's search_path decides"


def _quoting(dashboard: Json) -> Iterator[str]:
    names = {variable["name"] for variable in dashboard["templating"]["list"]}
    for name, sql in queries(dashboard):
        for braced, form, bare in _VARIABLE.findall(sql):
            if (braced or bare) not in names:
                yield f"{name}: no variable {braced or bare}"
            if form != "sqlstring":
                yield f"{name}: variable {braced or bare} is not quoted by :sqlstring"


def queries(dashboard: Json) -> Iterator[tuple[str, str]]:
    """Name and SQL of every query, variables' included."""
    for panel in drawn(dashboard):
        for target in panel["targets"]:
            yield f"panel {panel['title']!r}", target["rawSql"]
    for variable in dashboard["templating"]["list"]:
        yield f"variable {variable['name']}", variable["query"]
    for annotation in dashboard["annotations"]["list"]:
        yield f"annotation {annotation['name']}", annotation["target"]["rawSql"]


def _link_targets(dashboard: Json) -> Iterator[str]:
    """Dashboards that cells lead to: must exist (`known_links`), with client and time range."""
    for panel in drawn(dashboard):
        for url in links(panel):
            if "var-client=" not in url or "${__url_time_range}" not in url:
                yield f"panel {panel['title']!r}: a link loses client or time range"
    if not any(e["includeVars"] and e["keepTime"] for e in dashboard["links"]):
        yield "has no links to the other dashboards that keep client and time range"


def links(panel: Json) -> list[str]:
    """Addresses that a panel's cells lead to."""
    return [
        link["url"]
        for override in panel["fieldConfig"]["overrides"]
        for setting in override["properties"]
        if setting["id"] == "links"
        for link in setting["value"]
    ]


_RULES: tuple[Callable[[Json], Iterator[str]], ...] = (
    _fits_grafana,
    _is_a_file,
    _ids,
    _grid,
    _panels_explain,
    _field_styles,
    _queries,
    _quoting,
    _link_targets,
)
