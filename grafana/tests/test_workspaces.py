"""Workspaces in a Grafana that refuses what Grafana refuses."""

import copy

import pytest

from grafana.authoring.files import DASHBOARDS, FOLDERS, built
from grafana.checks.dashboards import SOURCE
from grafana.checks.project import rules
from grafana.http import Grafana, GrafanaRefused
from grafana.tests.fake_grafana import FakeGrafana, serve
from grafana.workspaces.apply import apply
from grafana.workspaces.plan import Database, PlanError, read

DATABASE = Database("db.example.com:5432", "klaviyo", "require")
PLAN = """
workspaces:
  - {name: Executives, kind: shared, folders: [executive, portfolio], members: [ceo@example.com]}
  - name: Nordic & Co
    kind: isolated
    members: [nordic@example.com]
    database_role: team_nordic
    password_file: PASSWORD
    alerts: [nordic@example.com]
"""


@pytest.fixture
def fake():
    return FakeGrafana(["ceo@example.com", "nordic@example.com"], FOLDERS)


@pytest.fixture
def grafana(fake):
    server = serve(fake)
    yield Grafana(f"http://127.0.0.1:{server.server_port}", "admin", "secret")
    server.shutdown()
    server.server_close()


@pytest.fixture
def plan(tmp_path):
    def make(text=PLAN):
        (tmp_path / "password").write_text("very secret\n")
        file = tmp_path / "workspaces.yaml"
        file.write_text(text.replace("PASSWORD", str(tmp_path / "password")))
        return read(file)

    return make


def run(grafana, workspaces):
    return [change for workspace in workspaces for change in apply(grafana, workspace, DATABASE)]


def test_a_shared_team_sees_its_folders_and_no_others(fake, grafana, plan):
    run(grafana, plan())
    opened = {
        folder
        for folder, entries in fake.orgs[1]["folders"].items()
        if {"teamId": 1, "permission": 1} in entries
    }
    assert opened == {"executive", "portfolio"}
    assert fake.orgs[1]["teams"][1]["members"] == [1]


def test_what_others_may_is_left_as_it_was(fake, grafana, plan):
    run(grafana, plan())
    assert {"role": "Editor", "permission": 2} in fake.orgs[1]["folders"]["executive"]


def test_an_isolated_team_has_its_own_organisation_over_its_own_role(fake, grafana, plan):
    run(grafana, plan())
    org = fake.orgs[2]
    source = org["sources"]["warehouse"]
    assert (org["name"], [u["login"] for u in org["members"].values()]) == (
        "Nordic & Co",
        ["nordic@example.com"],
    )
    assert (source["user"], source["type"]) == ("team_nordic", SOURCE["type"])
    assert source["secureJsonData"] == {"password": "very secret"}
    assert source["jsonData"]["sslmode"] == "require"
    assert set(org["boards"]) == {d["uid"] for d in built().values()} - {"portfolio"}


def test_an_isolated_team_is_told_of_its_own_clients_alone(fake, grafana, plan):
    run(grafana, plan())
    main, own = fake.orgs[1], fake.orgs[2]
    [point] = own["points"].values()
    [(place, group)] = own["rules"].items()
    assert point["settings"]["addresses"] == "nordic@example.com"
    assert own["policy"]["receiver"] == point["name"]
    assert place == ("operations", "klaviyo-reporting")
    assert {rule["uid"] for rule in group["rules"]} == {rule["uid"] for rule in rules()}
    sources = {query["datasourceUid"] for rule in group["rules"] for query in rule["data"]}
    assert sources == {"warehouse", "__expr__"}  # the team's role: test above
    assert (main["points"], main["rules"]) == ({}, {})


def test_an_isolated_team_without_recipients_has_no_rules(fake, grafana, plan):
    run(grafana, plan(PLAN.replace("    alerts: [nordic@example.com]\n", "")))
    assert not fake.orgs[2]["rules"]


def test_a_second_time_nothing_changes(fake, grafana, plan):
    assert run(grafana, plan())
    before = copy.deepcopy(fake.orgs)
    assert run(grafana, plan()) == []
    assert fake.orgs == before


def test_what_was_changed_by_hand_is_mended(fake, grafana, plan):
    run(grafana, plan())
    fake.orgs[1]["folders"]["executive"] = []
    fake.orgs[2]["sources"]["warehouse"]["user"] = "grafana_reader"
    fake.orgs[2]["boards"]["client"]["title"] = "Mine"
    fake.orgs[2]["points"]["workspace-email"]["settings"] = {"addresses": "me@example.com"}
    fake.orgs[2]["policy"]["group_wait"] = "1h"
    fake.orgs[2]["rules"]["operations", "klaviyo-reporting"]["rules"][0]["for"] = "1h"
    assert run(grafana, plan()) == [
        "opened folder executive for team Executives",
        "changed the data source of Nordic & Co",
        "wrote Client in Nordic & Co",
        "alerts of Nordic & Co go to nordic@example.com",
        "set the notification policy of Nordic & Co",
        f"wrote {len(rules())} alert rules in Nordic & Co",
    ]
    assert run(grafana, plan()) == []


def test_a_folder_that_is_taken_off_the_plan_is_closed(grafana, plan):
    run(grafana, plan())
    narrowed = plan(PLAN.replace("[executive, portfolio]", "[executive]"))
    assert run(grafana, narrowed) == ["closed folder portfolio for team Executives"]


def test_a_member_that_grafana_does_not_know_is_named(grafana, plan):
    with pytest.raises(GrafanaRefused, match=r"nobody%40example\.com.*404"):
        run(grafana, plan(PLAN.replace("ceo@", "nobody@")))


def test_a_wrong_password_is_told_without_the_password(fake, plan):
    server = serve(fake)
    wrong = Grafana(f"http://127.0.0.1:{server.server_port}", "admin", "hunter2")
    with pytest.raises(GrafanaRefused, match="401") as refused:
        run(wrong, plan())
    assert "hunter2" not in str(refused.value)
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("kind: shared", "kind: open"), "kind is shared or isolated"),
        (("[executive, portfolio]", "[executive, secret]"), "folders are"),
        (("database_role: team_nordic", "owner: me"), "unknown"),
        (("    database_role: team_nordic\n", ""), "needs database_role"),
        (("Nordic & Co", "Executives"), "same name"),
        (("name: Executives", "name: 007"), "put quotes around"),
        (("[ceo@example.com]", "[ceo@example.com, 2024]"), "put quotes around"),
        (("team_nordic", "007"), "put quotes around"),
        (("members: [ceo", "alerts: [a@b.c], members: [ceo"), "recipients in client_reports"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(plan, change, complaint):
    with pytest.raises(PlanError, match=complaint):
        plan(PLAN.replace(*change))


def test_the_example_is_a_plan_that_can_be_read():
    example = read(DASHBOARDS.parent / "workspaces.example.yaml")
    assert [workspace.is_isolated for workspace in example] == [False, False, True]
