"""Which dashboard is in which folder, and how its file is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from grafana.authoring import (
    audience,
    campaigns,
    client,
    deliverability,
    executive,
    flows,
    pipeline,
    portfolio,
    recipients,
)

if TYPE_CHECKING:
    from grafana.authoring.dashboard import Json

DASHBOARDS = Path(__file__).resolve().parent.parent / "dashboards"
CONTACT_POINTS = DASHBOARDS.parent / "provisioning" / "alerting" / "contact-points.yaml"
# A folder of files is a folder in Grafana; permissions are given per folder.
FOLDERS = {
    "executive": (executive,),
    "clients": (client, campaigns, flows, audience, deliverability),
    "portfolio": (portfolio,),
    "operations": (pipeline,),
}


def built() -> dict[Path, Json]:
    """All the dashboards, by the file each belongs into."""
    return {
        DASHBOARDS / folder / f"{dashboard['uid']}.json": dashboard
        for folder, modules in FOLDERS.items()
        for dashboard in (module.build() for module in modules)
    }


def text(dashboard: Json) -> str:
    """The JSON as it is committed."""
    return json.dumps(dashboard, indent=2, ensure_ascii=False) + "\n"


def write() -> None:
    """Write all files, and remove those that no dashboard belongs to any more."""
    files = built()
    for stray in set(DASHBOARDS.rglob("*.json")) - set(files):
        stray.unlink()
    for path, dashboard in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(dashboard))
    CONTACT_POINTS.write_text(recipients.text(recipients.planned()))
