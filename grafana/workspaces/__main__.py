"""`python -m grafana.workspaces FILE`: make the workspaces of a file in a Grafana."""

import os
import sys
from pathlib import Path

from grafana.http import Grafana, GrafanaRefused
from grafana.workspaces.apply import apply
from grafana.workspaces.plan import Database, PlanError, read


def main(path: str) -> str | None:
    """Apply the plan; the error in words, or None."""
    password = Path(
        os.environ.get("GRAFANA_ADMIN_PASSWORD_FILE", "grafana/secrets/grafana_admin_password")
    )
    grafana = Grafana(
        os.environ.get("GRAFANA_URL", "http://localhost:3000"),
        os.environ.get("GRAFANA_ADMIN", "admin"),
        password.read_text().strip(),
    )
    try:
        for workspace in read(Path(path)):
            changes = apply(grafana, workspace, Database.from_environment())
            print(*(changes or [f"{workspace.name}: nothing to do"]), sep="\n")  # noqa: T201
    except (GrafanaRefused, PlanError) as error:
        return str(error)
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2] or ["grafana/workspaces.yaml"]))
