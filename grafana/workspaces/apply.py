"""Bring a Grafana to what the plan says; done twice, it changes nothing the second time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from grafana.authoring.files import FOLDERS
from grafana.checks.project import provisioning
from grafana.workspaces.alerts import alerts

if TYPE_CHECKING:
    from grafana.http import Grafana
    from grafana.workspaces.plan import Database, Workspace

Json = dict[str, Any]
_VIEW = 1


def apply(grafana: Grafana, workspace: Workspace, database: Database) -> list[str]:
    """Make or mend one workspace.

    Returns:
        What was changed, a line each; nothing if all was so already.

    Raises:
        GrafanaRefused: The login is not a server administrator's, or a member does not exist.
    """
    if not workspace.is_isolated:
        return [*_team(grafana, workspace), *_permissions(grafana, workspace)]
    org, made = _organisation(grafana, workspace)
    within = grafana.within(org)
    return [
        *made,
        *_members(grafana, org, workspace),
        *_source(within, workspace, database),
        *_dashboards(within, workspace),
        *alerts(within, workspace),
    ]


def _team(grafana: Grafana, workspace: Workspace) -> list[str]:
    changes = []
    team = _team_id(grafana, workspace)
    if team is None:
        team = grafana.post("/api/teams", {"name": workspace.name})["teamId"]
        changes.append(f"made team {workspace.name}")
    present = {member["userId"] for member in grafana.get(f"/api/teams/{team}/members")}
    for login in workspace.members:
        user = grafana.get(f"/api/users/lookup?loginOrEmail={quote(login)}")["id"]
        if user not in present:
            grafana.post(f"/api/teams/{team}/members", {"userId": user})
            changes.append(f"added {login} to team {workspace.name}")
    return changes


def _team_id(grafana: Grafana, workspace: Workspace) -> int | None:
    found = grafana.get(f"/api/teams/search?name={quote(workspace.name)}")["teams"]
    return next((team["id"] for team in found if team["name"] == workspace.name), None)


def _permissions(grafana: Grafana, workspace: Workspace) -> list[str]:
    """Let the team see its folders and no others; what others may is left as it is."""
    team = _team_id(grafana, workspace)
    changes = []
    for folder in FOLDERS:
        listed = grafana.get(f"/api/folders/{folder}/permissions")
        kept = [_settable(entry) for entry in listed if not entry.get("inherited")]
        others = [entry for entry in kept if entry.get("teamId") != team]
        ours = [{"teamId": team, "permission": _VIEW}] if folder in workspace.folders else []
        if [entry for entry in kept if entry.get("teamId") == team] != ours:
            grafana.post(f"/api/folders/{folder}/permissions", {"items": [*others, *ours]})
            verb = "opened" if ours else "closed"
            changes.append(f"{verb} folder {folder} for team {workspace.name}")
    return changes


def _settable(entry: Json) -> Json:
    """A permission as it is written: by team, user or role, whichever it is about."""
    subjects = {"teamId": entry.get("teamId"), "userId": entry.get("userId"),
                "role": entry.get("role")}  # fmt: skip
    return {k: v for k, v in subjects.items() if v} | {"permission": entry["permission"]}


def _organisation(grafana: Grafana, workspace: Workspace) -> tuple[int, list[str]]:
    found = grafana.find(f"/api/orgs/name/{quote(workspace.name, safe='')}")
    if found is not None:
        return found["id"], []
    made = grafana.post("/api/orgs", {"name": workspace.name})
    return made["orgId"], [f"made organisation {workspace.name}"]


def _members(grafana: Grafana, org: int, workspace: Workspace) -> list[str]:
    known = {
        name for user in grafana.get(f"/api/orgs/{org}/users")
        for name in (user["login"], user["email"])
    }  # fmt: skip
    missing = [login for login in workspace.members if login not in known]
    for login in missing:
        grafana.post(f"/api/orgs/{org}/users", {"loginOrEmail": login, "role": "Viewer"})
    return [f"added {login} to organisation {workspace.name}" for login in missing]


def _source(grafana: Grafana, workspace: Workspace, database: Database) -> list[str]:
    """The same uid as in the main organisation, so the same dashboards work, over another role."""
    (source,) = provisioning("datasources", "warehouse.yaml")["datasources"]
    kept = {"tlsConfigurationMethod", "postgresVersion", "timeInterval", "maxOpenConns"}
    wanted = {
        **{key: source[key] for key in ("name", "uid", "type", "access", "isDefault")},
        "url": database.address,
        "user": workspace.database_role,
        "jsonData": {
            **{key: value for key, value in source["jsonData"].items() if key in kept},
            "database": database.name,
            "sslmode": database.sslmode,
        },
    }
    found = grafana.find(f"/api/datasources/uid/{source['uid']}")
    # A password cannot be read back, so it is sent every time.
    secret = {"secureJsonData": {"password": workspace.password}}
    if found is None:
        grafana.post("/api/datasources", {**wanted, **secret})
        return [f"made the data source of {workspace.name}"]
    grafana.put(f"/api/datasources/uid/{source['uid']}", {**wanted, **secret})
    same = all(found.get(key) == value for key, value in wanted.items())
    return [] if same else [f"changed the data source of {workspace.name}"]


def _dashboards(grafana: Grafana, workspace: Workspace) -> list[str]:
    changes = []
    for folder in workspace.folders:
        if grafana.find(f"/api/folders/{folder}") is None:
            grafana.post("/api/folders", {"uid": folder, "title": folder.capitalize()})
            changes.append(f"made folder {folder} in {workspace.name}")
        for dashboard in (module.build() for module in FOLDERS[folder]):
            changes.extend(_dashboard(grafana, workspace, folder, dashboard))
    return changes


def _dashboard(grafana: Grafana, workspace: Workspace, folder: str, dashboard: Json) -> list[str]:
    found = grafana.find(f"/api/dashboards/uid/{dashboard['uid']}")
    given = {"id", "version"}  # by Grafana
    if found and all(
        found["dashboard"].get(k) == v for k, v in dashboard.items() if k not in given
    ):
        return []
    body = {"dashboard": {**dashboard, "id": None}, "folderUid": folder, "overwrite": True}
    grafana.post("/api/dashboards/db", body)
    return [f"wrote {dashboard['title']} in {workspace.name}"]
