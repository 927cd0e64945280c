"""The checks pass over what is committed, and see what they are there to see."""

import copy

import pytest

from grafana.authoring.files import built
from grafana.checks.dashboards import problems
from grafana.checks.project import all_problems, misnamed_panels

EXECUTIVE = next(d for d in built().values() if d["uid"] == "executive-overview")


def test_what_is_committed_is_right_and_is_what_the_helpers_write():
    assert all_problems() == []


def test_the_eight_dashboards_are_there():
    assert len(built()) == 8


def test_every_state_a_stream_can_have_has_a_colour_on_the_pipeline_dashboard():
    pipeline = next(d for d in built().values() if d["uid"] == "pipeline")
    coloured = {p["title"]: _coloured(p) for p in pipeline["panels"] if p["type"] == "table"}
    states = {"ok", "partial", "skipped", "deferred", "failed"}
    assert coloured["Runs with problems"] == states
    assert {"fresh", "late", "deferred"} < coloured["Freshness by client and stream"]
    said = [
        p["description"] for p in pipeline["panels"] if "quota was used" in p.get("description", "")
    ]
    assert len(said) == 2


def _coloured(panel):
    """States of a table's column `State` that have a colour."""
    return {
        state
        for override in panel["fieldConfig"]["overrides"]
        for one in override["properties"]
        if override["matcher"]["options"] == "State" and one["id"] == "mappings"
        for state in one["value"][0]["options"]
    }


def _set(path, value):
    def change(dashboard):
        *way, last = path
        at = dashboard
        for step in way:
            at = at[step]
        at[last] = value

    return change


def _sql(text):
    return _set(["panels", 0, "targets", 0, "rawSql"], text)


_DEFAULTS = ["panels", 0, "fieldConfig", "defaults"]
_WEEKS = ["panels", 5, "fieldConfig", "overrides"]
_COLOUR = ["properties", 0, "value", "fixedColor"]


def _two_colours(dashboard, one, other):
    _set([*_WEEKS, 1, *_COLOUR], one)(dashboard)
    _set([*_WEEKS, 2, *_COLOUR], other)(dashboard)


_LINK = ["panels", 8, "fieldConfig", "overrides", 0, "properties", 2, "value", 0]
BREAKAGES = {
    "uid: lower case": _set(["uid"], "Executive Overview"),
    "schemaVersion": _set(["schemaVersion"], 36),
    "was exported": _set(["id"], 12),
    "not drawn by the preview": _set(["panels", 0, "type"], "piechart"),
    "is not one of": _set(["panels", 0, "options", "colorMode"], "rainbow"),
    "'refId' is a required property": lambda d: d["panels"][0]["targets"][0].pop("refId"),
    "ids are not unique": _set(["panels", 1, "id"], 1),
    "titles are not unique": _set(["panels", 1, "title"], EXECUTIVE["panels"][0]["title"]),
    "off the grid": _set(["panels", 0, "gridPos", "w"], 25),
    "overlap": _set(["panels", 1, "gridPos", "x"], 2),
    "no unit": _set(["panels", 0, "fieldConfig", "defaults", "unit"], ""),
    "does not say what": _set(["panels", 0, "description"], "Revenue"),
    "another data source": _set(["panels", 0, "targets", 0, "datasource"], {"uid": "other"}),
    "more than 80 lines": _sql("select 1\n" * 81),
    "a comment": _sql("select 1 -- one"),
    "names a schema": _sql("select 1 from analytics.clients"),
    "0 decimals of unit percentunit": _set([*_DEFAULTS, "unit"], "percentunit"),
    "3 decimals of unit locale": _set([*_DEFAULTS, "decimals"], 3),
    "how it shows an unknown": _set([*_DEFAULTS, "mappings"], []),
    "read in two ways": _set([*_WEEKS, 0, "properties", 0, "value"], "time:MM/DD"),
    "not written as #rrggbb": _set([*_WEEKS, 1, *_COLOUR], "light-blue"),
    "one colour to everybody": _set([*_WEEKS, 1, *_COLOUR], "#E69F10"),
    "one colour to who sees no red": lambda d: _two_colours(d, "#FF0000", "#003C00"),
    "one colour to who sees no green": lambda d: _two_colours(d, "#B04040", "#5A6E3C"),
    "no variable": _sql("select ${brand:sqlstring}"),
    "not quoted": _sql("select 1 where client in ($client)"),
    "is not quoted by": _sql("select 1 where client in (${client:raw})"),
    "loses client or time": _set([*_LINK, "url"], "/d/client"),
    "has no links": _set(["links", 0, "keepTime"], value=False),
}  # fmt: skip


@pytest.mark.parametrize("complaint", BREAKAGES)
def test_a_broken_dashboard_is_complained_of(complaint):
    dashboard = copy.deepcopy(EXECUTIVE)
    BREAKAGES[complaint](dashboard)
    assert any(complaint in problem for problem in problems(dashboard))


def test_an_alert_that_points_to_another_panel_than_it_names_is_found():
    text = "        dashboardUid: client\n        panelId: 3 # Revenue\n"
    assert list(misnamed_panels(text, {("client", 3): "Revenue"})) == []
    assert len(list(misnamed_panels(text, {("client", 3): "Clicks"}))) == 1
