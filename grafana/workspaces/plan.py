"""What is wanted, from a file: `workspaces.yaml`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from grafana.authoring.files import FOLDERS

_KEYS = {"name", "kind", "folders", "members", "database_role", "password_file", "alerts"}
# Not in an isolated workspace: it compares all clients, and is not in a team's schema.
_FOR_ALL_CLIENTS = "portfolio"


class PlanError(ValueError):
    """The file asks for something that cannot be done; the message says what."""


@dataclass(frozen=True)
class Workspace:
    """A team and what it sees.

    Attributes:
        name: The team's name; of an isolated workspace, the organisation's too.
        is_isolated: In an organisation of its own, with a database role of its own: its members
            cannot reach other clients' numbers by any query. Otherwise they share the main
            organisation, where folders are only a matter of order.
        folders: Dashboards they see, by folder.
        members: Logins or email addresses of Grafana's users.
        database_role: Isolated only: the role that reads the team's own schema.
        password_file: Isolated only: file that holds the role's password.
        alerts: Isolated only: email addresses that are told of its clients' alerts.
    """

    name: str
    is_isolated: bool
    folders: tuple[str, ...]
    members: tuple[str, ...]
    database_role: str = ""
    password_file: str = ""
    alerts: tuple[str, ...] = ()

    @property
    def password(self) -> str:
        """The role's password, read from its file."""
        return Path(self.password_file).read_text().strip()


@dataclass(frozen=True)
class Database:
    """Where Grafana finds the tables, as in its own environment."""

    address: str
    name: str
    sslmode: str

    @staticmethod
    def from_environment() -> Database:
        """The WAREHOUSE_… variables that compose.yaml hands to Grafana."""
        host = os.environ.get("WAREHOUSE_HOST", "postgres")
        return Database(
            f"{host}:{os.environ.get('WAREHOUSE_PORT', '5432')}",
            os.environ.get("WAREHOUSE_DB", "klaviyo"),
            os.environ.get("WAREHOUSE_SSLMODE", "disable"),
        )


def read(path: Path) -> list[Workspace]:
    """The workspaces of a file.

    Raises:
        PlanError: A key, a kind or a folder that does not exist, or a missing part.
    """
    entries = (yaml.safe_load(path.read_text()) or {}).get("workspaces", [])
    workspaces = [_workspace(entry) for entry in entries]
    if len({w.name for w in workspaces}) != len(workspaces):
        message = "two workspaces have the same name"
        raise PlanError(message)
    return workspaces


def _texts(entry: dict[str, Any]) -> list[Any]:
    """What has to be text; YAML reads 007 as the number 7."""
    single = [entry.get(key, "") for key in ("name", "database_role", "password_file")]
    return [*single, *entry.get("members", ()), *entry.get("alerts", ())]


def _refuse(entry: dict[str, Any], folders: tuple[str, ...], usual: list[str]) -> None:
    isolated = entry.get("kind") == "isolated"
    problems = {
        "a workspace needs a name": not entry.get("name"),
        "names are text: put quotes around 007 and 2024": not all(
            isinstance(text, str) for text in _texts(entry)
        ),
        f"unknown: {sorted(set(entry) - _KEYS)}": bool(set(entry) - _KEYS),
        "kind is shared or isolated": entry.get("kind") not in ("shared", "isolated"),
        f"folders are {', '.join(usual)}": not set(folders) <= set(usual),
        "alerts of all clients go to the recipients in client_reports": not isolated
        and bool(entry.get("alerts")),
        "an isolated one needs database_role and password_file": isolated
        and not (entry.get("database_role") and entry.get("password_file")),
    }
    for problem, is_so in problems.items():
        if is_so:
            message = f"workspace {entry.get('name') or entry}: {problem}"
            raise PlanError(message)


def _workspace(entry: dict[str, Any]) -> Workspace:
    isolated = entry.get("kind") == "isolated"
    usual = [folder for folder in FOLDERS if not (isolated and folder == _FOR_ALL_CLIENTS)]
    folders = tuple(entry.get("folders", usual))
    _refuse(entry, folders, usual)
    return Workspace(
        entry["name"],
        isolated,
        folders,
        tuple(entry.get("members", ())),
        entry.get("database_role", ""),
        entry.get("password_file", ""),
        tuple(entry.get("alerts", ())),
    )
