"""Who is told of a client's alerts."""

import re

import pytest
import yaml

from grafana.authoring.recipients import RecipientsError, text


def row(client, addresses="", variable=""):
    return {
        "client": client,
        "alert_recipients": addresses,
        "alert_slack_webhook_env": variable,
    }


def as_grafana_reads(value):
    """What is left of a file's values: `$$` is a dollar, `$__env{NAME}` the variable's value."""
    if isinstance(value, dict):
        return {key: as_grafana_reads(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_grafana_reads(one) for one in value]
    if isinstance(value, str):
        known = re.sub(r"(?<!\$)\$(__env\{)?(\w+)\}?", lambda found: f"<{found[2]}>", value)
        return known.replace("$$", "$")
    return value


def told(rows, client):
    """The contact points that an alert of a client goes to, as Alertmanager walks the routes."""
    file = as_grafana_reads(yaml.safe_load(text(rows)))
    points = {
        point["name"]: [
            receiver["settings"].get("addresses") or receiver["settings"]["url"]
            for receiver in point["receivers"]
        ]
        for point in file["contactPoints"]
    }
    [policy] = file["policies"]
    receivers = []
    for route in policy.get("routes", []):
        matchers = route.get("object_matchers", [])
        if all((name, sign, value) == ("client", "=", client) for name, sign, value in matchers):
            receivers.append(route["receiver"])
            if not route.get("continue"):
                break
    return [points[name] for name in receivers or [policy["receiver"]]]


TEAM = ["<ALERT_EMAILS>", "<ALERT_WEBHOOK_URL>"]


def test_a_clients_recipients_are_told_of_that_client_and_the_team_of_all():
    rows = [row("acme", "a@acme.com b@acme.com"), row("acme", "a@acme.com"),
            row("nord", variable="NORD_SLACK"), row("koala")]  # fmt: skip
    assert told(rows, "acme") == [["a@acme.com;b@acme.com"], TEAM]
    assert told(rows, "nord") == [["<NORD_SLACK>"], TEAM]
    assert told(rows, "koala") == [TEAM]


def test_without_recipients_the_team_alone_is_told():
    assert told([row("acme")], "acme") == [TEAM]


@pytest.mark.parametrize("client", ["A$AP", "$HOME", "Ben & Jerry's", "a: b #c", "Łódź"])
def test_a_clients_name_is_taken_as_it_is(client):
    assert told([row(client, "a@b.com"), row("other", "c@d.com")], client) == [["a@b.com"], TEAM]


@pytest.mark.parametrize("bad", [row("acme", "nobody"), row("acme", variable="https://hooks")])
def test_what_cannot_be_told_is_refused_by_name(bad):
    with pytest.raises(RecipientsError, match="acme"):
        text([bad])
