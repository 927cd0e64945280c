import json
from collections import Counter
from datetime import datetime, timezone

import pytest
from tap_klaviyo.breakdowns import breakdowns_of
from tap_klaviyo.clean import load
from tap_klaviyo.event_records import number
from tap_klaviyo.filters import all_of, equals, greater_or_equal, less_than
from tap_klaviyo.pace import Limit, Pace

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
    assert load(raw, Counter()) == kept


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


def test_the_setting_adds_breakdowns_by_name_or_id():
    extra = [{"metric": "Paid", "by": ["URL"]}, {"metric": "AbC123", "by": ["URL", "List"]}]
    found = breakdowns_of(metric("Paid", "shopify"), is_revenue=False, extra=extra)
    assert found == [(), ("URL",), ("URL", "List")]


def test_the_fourth_request_of_a_second_waits_for_the_burst_window():
    pace, limit = Pace(), Limit("aggregates", burst=3, steady=60)
    waits = [pace.reserve(limit) for _ in range(4)]
    assert waits[:3] == [0, 0, 0]
    assert 1.0 < waits[3] <= 1.2


def test_the_request_after_a_full_minute_waits_for_the_steady_window():
    pace, limit = Pace(), Limit("reports", burst=10, steady=2)
    waits = [pace.reserve(limit) for _ in range(3)]
    assert waits[2] > 60


def test_a_limit_that_klaviyo_announces_replaces_the_documented_one():
    pace, limit = Pace(), Limit("metrics", burst=10, steady=150)
    pace.learn(limit, {"RateLimit-Limit": "15, 15;w=60", "RateLimit-Remaining": "12"})
    assert pace.reserve(limit) == 0
    assert pace.reserve(limit) > 1


def test_a_minute_that_others_have_used_up_is_waited_for():
    pace, limit = Pace(), Limit("metrics", burst=10, steady=150)
    pace.learn(limit, {"RateLimit-Remaining": "0", "RateLimit-Reset": "37"})
    assert 36 < pace.reserve(limit) <= 37


def test_headers_that_say_nothing_change_nothing():
    pace, limit = Pace(), Limit("metrics", burst=10, steady=150)
    pace.learn(limit, {})
    pace.learn(limit, {"RateLimit-Limit": "soon"})
    assert [pace.reserve(limit) for _ in range(10)] == [0] * 10


def test_endpoints_do_not_wait_for_each_other():
    pace = Pace()
    pace.reserve(Limit("a", burst=1, steady=1))
    assert pace.reserve(Limit("b", burst=1, steady=1)) == 0
