"""All dashboards together with what provisions them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import yaml

from grafana.authoring import recipients
from grafana.authoring.files import CONTACT_POINTS, DASHBOARDS, FOLDERS, built, text
from grafana.checks.dashboards import drawn, links, problems, queries
from grafana.queries import FOLDER as QUERIES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Json = dict[str, Any]
PROVISIONING = DASHBOARDS.parent / "provisioning"
# A literal would be a secret in git, or an address that is not the user's.
_FROM_OUTSIDE = re.compile(r"\$__(env\{\w+\}|file\{/run/secrets/\w+\})")
# Ids follow the order of the panels, and change with it: the comment says which panel is meant.
_PANEL_NAMED = re.compile(r"dashboardUid: (\S+)\n +panelId: (\d+) # (.+)")


def all_problems() -> list[str]:
    """Everything that is wrong, in words."""
    files = {path: json.loads(path.read_text()) for path in sorted(DASHBOARDS.rglob("*.json"))}
    return [
        *_not_regenerated(files),
        *(problem for dashboard in files.values() for problem in problems(dashboard)),
        *_together(list(files.values())),
        *unused_queries(list(files.values())),
        *_provisioned(),
        *_alerts(list(files.values())),
    ]


def provisioning(*parts: str) -> Json:
    """A provisioning file's contents."""
    contents: Json = yaml.safe_load(PROVISIONING.joinpath(*parts).read_text())
    return contents


def rules() -> list[Json]:
    """Every alert rule."""
    return [
        rule
        for group in provisioning("alerting", "rules.yaml")["groups"]
        for rule in group["rules"]
    ]


def _not_regenerated(files: dict[Path, Json]) -> Iterator[str]:
    wanted = {path: text(dashboard) for path, dashboard in built().items()}
    for path in sorted(set(wanted) | set(files)):
        if path not in files or path not in wanted or path.read_text() != wanted[path]:
            yield f"{path.name} is not what the helpers write: say `make dashboards`"
    if CONTACT_POINTS.read_text() != recipients.text(recipients.planned()):
        yield f"{CONTACT_POINTS.name} does not follow the seed: say `make dashboards`"


def _together(dashboards: list[Json]) -> Iterator[str]:
    uids = [dashboard["uid"] for dashboard in dashboards]
    titles = [dashboard["title"] for dashboard in dashboards]
    if len(set(uids)) != len(uids) or len(set(titles)) != len(titles):
        yield "two dashboards share a uid or a title"
    for dashboard in dashboards:
        for panel in drawn(dashboard):
            for url in links(panel):
                target = re.match(r"/d/([\w-]+)", url)
                if target is None or target[1] not in uids:
                    yield f"{dashboard['uid']}: {panel['title']!r} links to {url}"


def unused_queries(dashboards: list[Json]) -> Iterator[str]:
    """Files in `grafana/queries` that no panel or filter of the dashboards uses."""
    used = {sql for dashboard in dashboards for _, sql in queries(dashboard)}
    for path in sorted(QUERIES.rglob("*.sql")):
        if path.read_text().strip() not in used:
            yield f"queries/{path.relative_to(QUERIES)} is used by no panel or filter"


def _provisioned() -> Iterator[str]:
    (source,) = provisioning("datasources", "warehouse.yaml")["datasources"]
    if (source["type"], source["uid"]) != ("grafana-postgresql-datasource", "warehouse"):
        yield "warehouse.yaml: not the data source that the dashboards name"
    values = (source["url"], source["user"], *source["secureJsonData"].values())
    if not all(_FROM_OUTSIDE.match(value) for value in values):
        yield "warehouse.yaml: address, user and password come from environment and secret files"
    providers = provisioning("dashboards", "folders.yaml")["providers"]
    folders = {provider["options"]["path"].rpartition("/")[2] for provider in providers}
    if folders != set(FOLDERS):
        yield f"folders.yaml provides {sorted(folders)}, dashboards are in {sorted(FOLDERS)}"


def _alerts(dashboards: list[Json]) -> Iterator[str]:
    panels = {(d["uid"], panel["id"]): panel for d in dashboards for panel in d["panels"]}
    yield from _recipients(provisioning("alerting", "contact-points.yaml"))
    uids = [rule["uid"] for rule in rules()]
    if len(set(uids)) != len(uids):
        yield "two alert rules share a uid"
    for rule in rules():
        if (rule["dashboardUid"], rule["panelId"]) not in panels:
            yield f"alert {rule['uid']} points to a panel that is not there"
        yield from _alert_queries(rule)
    named = PROVISIONING.joinpath("alerting", "rules.yaml").read_text()
    yield from misnamed_panels(named, {key: panel["title"] for key, panel in panels.items()})


def _recipients(file: Json) -> Iterator[str]:
    names = {point["name"] for point in file["contactPoints"]}
    for policy in file["policies"]:
        for route in (policy, *policy.get("routes", ())):
            if route["receiver"] not in names:
                yield f"policy to unknown contact point {route['receiver']}"


def misnamed_panels(text: str, titles: dict[tuple[str, int], str]) -> Iterator[str]:
    """Alert rules whose comment names another panel than their `panelId`."""
    for uid, ident, title in _PANEL_NAMED.findall(text):
        if titles.get((uid, int(ident))) != title:
            yield f"an alert points to panel {ident} of {uid}, which is not {title!r}"


def _alert_queries(rule: Json) -> Iterator[str]:
    refs = {query["refId"] for query in rule["data"]}
    if rule["condition"] not in refs:
        yield f"alert {rule['uid']}: no query {rule['condition']}"
    for query in rule["data"]:
        sql = query["model"].get("rawSql", "")
        if query["datasourceUid"] not in ("warehouse", "__expr__"):
            yield f"alert {rule['uid']} asks another data source"
        if "${" in sql or "analytics." in sql:
            yield f"alert {rule['uid']}: an alert has no variables, and names no schema"
