"""Who is told of alerts: `provisioning/alerting/contact-points.yaml`.

The contact point `team` is told of everything. A client's own recipients, from the seed
`client_reports`, are told of that client as well.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from report.plan import is_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Json = dict[str, Any]
SEED = Path(__file__).resolve().parents[2] / "transform" / "seeds" / "client_reports.csv"
HEAD = """\
# Who is told of alerts. This replaces the whole notification policy of the organisation.
# Written by `make dashboards` from the columns alert_… of the seed client_reports.
"""
TEAM: list[Json] = [
    {
        "uid": "team-email",
        "type": "email",
        "settings": {"addresses": "$__env{ALERT_EMAILS}", "singleEmail": True},
    },
    {
        "uid": "team-webhook",
        "type": "webhook",
        "settings": {"url": "$__env{ALERT_WEBHOOK_URL}", "httpMethod": "POST"},
    },
]
POLICY: Json = {
    "group_by": ["alertname", "client"],
    "group_wait": "5m",
    "group_interval": "1h",
    "repeat_interval": "24h",
}
"""How often people are told, here and in isolated workspaces."""
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")


class RecipientsError(ValueError):
    """A recipient in the seed cannot be used; the message says which."""


def planned() -> list[dict[str, str]]:
    """The rows of the seed."""
    with SEED.open(newline="") as file:
        return list(csv.DictReader(file))


def text(rows: Iterable[Mapping[str, str]]) -> str:
    """The file for the rows of the seed.

    Raises:
        RecipientsError: An address or the name of a variable is wrong.
    """
    clients = {client: found for client, found in _by_client(rows).items() if found}
    routes = [
        {
            "receiver": _literal(_name(client)),
            "object_matchers": [["client", "=", _literal(client)]],
            "continue": True,
        }
        for client in clients
    ]
    policy = {"orgId": 1, "receiver": "team", **POLICY}
    if routes:  # where no route of a client ends the search, the team is told, too
        policy["routes"] = [*routes, {"receiver": "team"}]
    points = [{"orgId": 1, "name": "team", "receivers": TEAM}]
    points += [
        {"orgId": 1, "name": _literal(_name(client)), "receivers": receivers}
        for client, receivers in clients.items()
    ]
    contents = {"apiVersion": 1, "contactPoints": points, "policies": [policy]}
    return HEAD + yaml.safe_dump(contents, sort_keys=False, allow_unicode=True, width=100)


def _by_client(rows: Iterable[Mapping[str, str]]) -> dict[str, list[Json]]:
    """Receivers of each client; a client may have a row for each cadence."""
    found: dict[str, list[Json]] = defaultdict(list)
    addresses: dict[str, set[str]] = defaultdict(set)
    variables: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        addresses[row["client"]].update(row["alert_recipients"].split())
        variables[row["client"]].update(row["alert_slack_webhook_env"].split())
    for client in sorted(addresses):
        _refuse(client, addresses[client], variables[client])
        uid = "client-" + hashlib.sha256(client.encode()).hexdigest()[:12]
        if addresses[client]:
            settings = {"addresses": ";".join(sorted(addresses[client])), "singleEmail": True}
            found[client].append({"uid": f"{uid}-email", "type": "email", "settings": settings})
        for number, variable in enumerate(sorted(variables[client])):
            slack = {"url": f"$__env{{{variable}}}"}
            found[client].append(
                {"uid": f"{uid}-slack{number}", "type": "slack", "settings": slack}
            )
    return found


def _refuse(client: str, addresses: set[str], variables: set[str]) -> None:
    wrong = [one for one in sorted(addresses) if not is_address(one)]
    wrong += [one for one in sorted(variables) if not _VARIABLE.fullmatch(one)]
    if wrong:
        message = f"client_reports, {client}: no recipient of alerts: {', '.join(wrong)}"
        raise RecipientsError(message)


def _name(client: str) -> str:
    return f"client {client}"


def _literal(value: str) -> str:
    """Text that Grafana does not take for a variable."""
    return value.replace("$", "$$")
