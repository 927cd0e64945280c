"""The catalog is what it was, and holds what Klaviyo documents."""

import json
import runpy
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SNAPSHOTS = runpy.run_path(str(HERE / "snapshots.py"))
DOCUMENTED = json.loads((HERE / "klaviyo_attributes.json").read_text())
CATALOG = {
    path.stem: json.loads(path.read_text()) for path in sorted((HERE / "catalog").glob("*.json"))
}

LEFT_OUT = {
    "campaign_audiences": {"definition": "its parts are columns"},
    "campaigns": {
        "definition": "its parts are columns",
        "definition.color": "a colour in Klaviyo's calendar",
    },
    "events": {"timestamp": "`datetime` says the same"},
    "flow_definitions": {
        **dict.fromkeys(("name", "status", "archived", "created", "trigger_type"), "in `flows`"),
        "definition": "its parts are columns, without content and secrets",
    },
    "profiles": {"predictive_analytics": "stricter limits, and answers of 503 that last"},
    "templates": {
        "definition": "further bulk, only for drag-and-drop templates",
        "screenshot_url": "stops working after a day",
    },
}
TEXT_THAT_IS_A_MOMENT = {("metrics", "created"), ("metrics", "updated")}


def kind(column):
    [name] = [name for name in column["type"] if name != "null"]
    return column.get("format", name)


def test_discovery_is_what_the_snapshot_says():
    """After a change that is meant: python tap-klaviyo/tests/snapshots.py, and read the diff."""
    assert SNAPSHOTS["catalog"]() == CATALOG


def test_the_attributes_are_those_of_the_installed_client():
    assert SNAPSHOTS["klaviyo_attributes"]() == DOCUMENTED


@pytest.mark.parametrize("stream", DOCUMENTED["attributes"])
def test_everything_klaviyo_documents_is_a_column_or_left_out_for_a_reason(stream):
    columns = CATALOG[stream]["properties"]
    left_out = LEFT_OUT.get(stream, {})
    inside = "definition" in columns
    missing = {
        attribute
        for attribute in DOCUMENTED["attributes"][stream]
        if attribute.removeprefix("definition.") not in columns
        and not (inside and attribute.startswith("definition."))
    }
    assert missing == set(left_out)


@pytest.mark.parametrize("stream", DOCUMENTED["attributes"])
def test_a_column_has_the_type_klaviyo_documents(stream):
    columns = CATALOG[stream]["properties"]
    for attribute, documented in DOCUMENTED["attributes"][stream].items():
        name = attribute.removeprefix("definition.")
        if name in columns and (stream, name) not in TEXT_THAT_IS_A_MOMENT:
            assert kind(columns[name]) == documented, (stream, name)


@pytest.mark.parametrize("stream", DOCUMENTED["statistics"])
def test_a_report_has_a_column_of_numbers_for_every_statistic_klaviyo_documents(stream):
    columns = CATALOG[stream]["properties"]
    numbers = [name for name, column in columns.items() if kind(column) == "number"]
    assert sorted(numbers) == DOCUMENTED["statistics"][stream]


@pytest.mark.parametrize("stream", CATALOG)
def test_every_column_says_what_it_means_and_every_key_is_required(stream):
    entry = CATALOG[stream]
    for name, column in entry["properties"].items():
        assert column["description"], (stream, name)
        assert (name in entry["key_properties"]) <= ("null" not in column["type"]), (stream, name)
    assert "account_id" in entry["key_properties"]
