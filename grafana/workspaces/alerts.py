"""Alerts of an isolated workspace: the same rules over its own clients, told to its own people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from grafana.authoring.recipients import POLICY
from grafana.checks.project import provisioning

if TYPE_CHECKING:
    from grafana.http import Grafana
    from grafana.workspaces.plan import Workspace

Json = dict[str, Any]
API = "/api/v1/provisioning"
_UID = "workspace-email"
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def alerts(grafana: Grafana, workspace: Workspace) -> list[str]:
    """Make or mend contact point, policy and rules; nothing if the plan names no recipients."""
    if not workspace.alerts:
        return []
    return [
        *_contact_point(grafana, workspace),
        *_policy(grafana, workspace),
        *_rules(grafana, workspace),
    ]


def _contact_point(grafana: Grafana, workspace: Workspace) -> list[str]:
    settings = {"addresses": ";".join(workspace.alerts), "singleEmail": True}
    wanted = {"uid": _UID, "name": workspace.name, "type": "email", "settings": settings}
    found = [one for one in grafana.get(f"{API}/contact-points") if one["uid"] == _UID]
    if not found:
        grafana.post(f"{API}/contact-points", wanted)
    elif _differs(found[0], wanted):
        grafana.put(f"{API}/contact-points/{_UID}", wanted)
    else:
        return []
    return [f"alerts of {workspace.name} go to {', '.join(workspace.alerts)}"]


def _policy(grafana: Grafana, workspace: Workspace) -> list[str]:
    wanted = {"receiver": workspace.name, **POLICY}
    if not _differs(grafana.get(f"{API}/policies"), wanted):
        return []
    grafana.put(f"{API}/policies", wanted)
    return [f"set the notification policy of {workspace.name}"]


def _rules(grafana: Grafana, workspace: Workspace) -> list[str]:
    (group,) = provisioning("alerting", "rules.yaml")["groups"]
    folder = "operations" if "operations" in workspace.folders else workspace.folders[0]
    wanted = {
        "title": group["name"],
        "folderUid": folder,
        "interval": _seconds(group["interval"]),
        "rules": [_rule(rule, folder, group["name"]) for rule in group["rules"]],
    }
    path = f"{API}/folder/{folder}/rule-groups/{quote(group['name'])}"
    found = grafana.find(path)
    if found is not None and not _differs(found, wanted):
        return []
    grafana.put(path, wanted)
    return [f"wrote {len(wanted['rules'])} alert rules in {workspace.name}"]


def _rule(rule: Json, folder: str, group: str) -> Json:
    """A rule as the API takes it: links to panels are annotations there."""
    links = {"__dashboardUid__": rule["dashboardUid"], "__panelId__": str(rule["panelId"])}
    own = {key: value for key, value in rule.items() if key not in ("dashboardUid", "panelId")}
    annotations = {**rule["annotations"], **links}
    return {**own, "folderUID": folder, "ruleGroup": group, "annotations": annotations}


def _seconds(duration: str) -> int:
    return sum(int(n) * _SECONDS[unit] for n, unit in re.findall(r"(\d+)([smh])", duration))


def _differs(found: Any, wanted: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether something wanted is missing; Grafana adds fields of its own at every depth."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return any(_differs(found.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        return len(found) != len(wanted) or any(map(_differs, found, wanted))
    return bool(found != wanted)
