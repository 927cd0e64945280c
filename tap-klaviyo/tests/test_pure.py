import json
from collections import Counter
from datetime import datetime, timezone

import pytest
from tap_klaviyo.client.filters import all_of, equals, greater_or_equal, less_than
from tap_klaviyo.client.jsonapi import record_of
from tap_klaviyo.client.sanitize import load_json
from tap_klaviyo.streams.aggregates.breakdowns import breakdowns_of
from tap_klaviyo.streams.events.general import number

NEW_YEAR = datetime(2026, 1, 1, tzinfo=timezone.utc)


def test_filters_write_klaviyos_grammar():
    both = all_of(greater_or_equal("updated", NEW_YEAR), less_than("updated", NEW_YEAR))
    bound = "(updated,2026-01-01T00:00:00Z)"
    assert both == f"greater-or-equal{bound},less-than{bound}"


def test_filters_write_booleans_unquoted():
    assert equals("archived", value=True) == "equals(archived,true)"


def test_a_quote_in_a_filter_value_cannot_end_it():
    assert equals("name", "O'Brien\\") == r"equals(name,'O\'Brien\\')"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (12.5, 12.5),
        (0, 0),
        ("12.50", 12.5),
        ("$1,234.50", 1234.5),
        ("1.234,50 €", 1234.5),
        ("1,234", 1234),
        ("1,234,567", 1234567),
        ("1.234.567", 1234567),
        ("1.234", 1.234),
        ("12,5", 12.5),
        ("-3", -3),
        ("free", None),
        ("", None),
        (True, None),
        (None, None),
        ({"amount": 1}, None),
    ],
)
def test_a_value_is_read_whatever_an_integration_put_there(value, read):
    assert number(value) == read


@pytest.mark.parametrize(
    ("dirty", "kept"),
    [
        ({"a\x00b": ["x\x00", {"deep": "\x00y"}]}, {"ab": ["x", {"deep": "y"}]}),
        ({"half": "a\ud800b"}, {"half": "a\ufffdb"}),
        ({"whole": "\U0001f600"}, {"whole": "\U0001f600"}),
    ],
)
def test_what_postgres_refuses_is_changed_in_the_smallest_way(dirty, kept):
    raw = json.dumps(dirty).encode()
    assert load_json(raw, Counter()) == kept


def metric(name: str, integration: str) -> dict:
    return {"id": "AbC123", "attributes": {"name": name, "integration": {"key": integration}}}


def test_klaviyos_own_metrics_are_read_by_message():
    assert breakdowns_of(metric("Opened Email", "klaviyo"), is_revenue=False, extra=[]) == [
        (),
        ("$message",),
    ]


def test_the_mapped_revenue_metric_is_read_by_attribution_and_currency():
    assert breakdowns_of(metric("Paid", "shopify"), is_revenue=True, extra=[]) == [
        (),
        ("$attributed_message", "$attributed_flow"),
        ("$value_currency",),
    ]


def test_a_shop_metric_with_a_name_of_klaviyos_is_read_as_a_total_only():
    assert breakdowns_of(metric("Clicked Email", "api"), is_revenue=False, extra=[]) == [()]


@pytest.mark.parametrize(
    ("integration", "own"),
    [
        ({"key": "klaviyo", "name": "Klaviyo"}, True),
        ({"name": "Klaviyo", "category": "Internal"}, True),
        ({"key": None, "name": " klaviyo "}, True),
        ({"key": "KLAVIYO"}, True),
        ({"category": "Internal"}, True),
        ({}, True),
        (None, True),
        ({"category": "API"}, False),
        ({"name": "Shopify"}, False),
        ({"key": "api", "category": "Internal"}, False),
    ],
)
def test_klaviyos_own_metrics_are_known_by_key_or_name_or_category(integration, own):
    one = {"id": "M", "attributes": {"name": "Opened Email", "integration": integration}}
    found = breakdowns_of(one, is_revenue=False, extra=[])
    assert (("$message",) in found) == own


def test_the_setting_adds_breakdowns_by_name_or_id():
    extra = [{"metric": "Paid", "by": ["URL"]}, {"metric": "AbC123", "by": ["URL", "List"]}]
    found = breakdowns_of(metric("Paid", "shopify"), is_revenue=False, extra=extra)
    assert found == [(), ("URL",), ("URL", "List")]


@pytest.mark.parametrize(("sent", "kept"), [(2500.0, "2500"), (2500, "2500"), (None, "None")])
def test_a_whole_number_with_a_fraction_is_an_integer_to_an_integer_column(sent, kept):
    schema = {"properties": {"most": {"type": ["integer", "null"]}}}
    item = {"id": "A", "attributes": {"most": sent}}
    assert str(record_of("acme", item, schema)["most"]) == kept
