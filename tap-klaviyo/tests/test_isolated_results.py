"""A series, an event or a result that cannot be read is left out alone and named."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from .doctored import GONE, NOW, YESTERDAY, answer, item, rows


def without(measurement: str, days: int) -> dict:
    dates = [(NOW - timedelta(days=n)).isoformat() for n in range(days)]
    values = {"count": [1.0] * days, "unique": [1.0] * days, "sum_value": [1.0] * days}
    del values[measurement]
    group = {"dimensions": [], "measurements": values}
    return {"data": {"attributes": {"dates": dates, "data": [group]}}}


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        pytest.param(404, GONE, "404", id="gone"),
        pytest.param(200, {"data": {"attributes": {}}}, "KeyError at", id="odd"),
        pytest.param(200, {"data": None}, "TypeError at", id="null"),
        pytest.param(200, [], "undocumented JSON structure", id="no-document"),
    ],
)
def test_one_series_costs_itself_alone_and_gets_its_history_when_it_comes_back(
    tap, sandbox, account_id, status, body, says
):
    start = (NOW - timedelta(days=20)).isoformat()
    sandbox.fault("/metric-aggregates", client="acme", status=status, body=body)
    first = tap.sync(only=("metric_aggregates",), start_date=start)
    log = first.logged("acme", "metric_aggregates")
    assert log["status"] == "partial"
    assert "1 series left out" in log["error"]
    assert says in log["error"]
    second = tap.sync(only=("metric_aggregates",), start_date=start, state=first.state)
    assert second.logged("acme", "metric_aggregates")["status"] == "ok"
    bookmarks = [s.bookmark("metric_aggregates", account_id("acme")) for s in (first, second)]
    [late] = set(bookmarks[1]["series"]) - set(bookmarks[0]["series"])
    days = {
        row["date"]
        for row in second.of("metric_aggregates", account_id("acme"))
        if f"{row['metric_id']}:{row['breakdown']}" == late
    }
    assert len(days) >= 20 or not late.endswith("total")


def test_a_measurement_that_is_missing_costs_its_series_alone(tap, sandbox):
    start = (NOW - timedelta(days=2)).isoformat()
    body = without("sum_value", 2)
    body["data"]["attributes"]["dates"] = []
    sandbox.fault("/metric-aggregates", client="acme", status=200, body=body)
    log = tap.sync(only=("metric_aggregates",), start_date=start).logged(
        "acme", "metric_aggregates"
    )
    assert (log["status"], "KeyError at" in log["error"]) == ("partial", True)


def test_when_not_one_series_can_be_read_the_bookmark_stays(tap, sandbox, account_id):
    sandbox.fault("/metric-aggregates", client="acme", status=404, body=GONE, times=None)
    sync = tap.sync(only=("metric_aggregates",))
    assert sync.logged("acme", "metric_aggregates")["status"] == "failed"
    assert sync.bookmark("metric_aggregates", account_id("acme")) == {}


def test_without_mapped_metrics_reports_and_aggregates_come_all_the_same(tap, sandbox, account_id):
    sandbox.fault("/mapped-metrics", client="acme", status=404, body=GONE, times=None)
    streams = ("campaign_values", "flow_series", "metric_aggregates")
    sync = tap.sync(only=streams)
    for stream in streams:
        assert sync.of(stream, account_id("acme"))
        log = sync.logged("acme", stream)
        assert log["status"] == "partial"
        assert "404" in log["error"]


def test_a_metric_of_another_shape_costs_its_own_series_alone(tap, sandbox, world, account_id):
    odd = {"id": "ODD", "attributes": {"name": "Odd", "integration": "klaviyo"}}
    order = {"id": world.accounts["acme"].metrics["order"].id, "attributes": {"name": "Placed"}}
    answer(sandbox, "/metrics", {"type": "metric"}, odd, order)
    sync = tap.sync(only=("metrics", "metric_aggregates"))
    assert set(rows(sync, "metrics", account_id)) >= {order["id"]}
    found = sync.of("metric_aggregates", account_id("acme"))
    assert {row["metric_id"] for row in found} >= {order["id"]}
    assert sync.logged("acme", "metrics")["status"] == "partial"


def event(name: str, **attributes: object) -> dict:
    found = {"datetime": YESTERDAY, "event_properties": {"$value": 5}, **attributes}
    return {"type": "event", "id": name, "attributes": found}


def test_an_event_of_another_shape_costs_itself_alone(tap, sandbox, account_id):
    odd = event("ODD", datetime="2026-02-30T00:00:00+00:00")
    answer(sandbox, "/events", event("A"), odd, {"id": "OTHER"}, event("B"), times=1)
    start = (NOW - timedelta(days=2)).isoformat()
    sync = tap.sync(only=("events",), start_date=start)
    assert set(rows(sync, "events", account_id)) == {"A", "B"}
    log = sync.logged("acme", "events")
    assert log["status"] == "partial"
    assert "ODD" in log["error"]
    assert "OTHER" in log["error"]
    bookmark = sync.bookmark("events", account_id("acme"))["replication_key_value"]
    assert bookmark == log["window_end"]


def result(**groups: object) -> dict:
    groups = {"campaign_id": "C", "send_channel": "email", "variation": None, **groups}
    return {"groupings": groups, "statistics": {"opens": 2.0, "brand_new_statistic": 7}}


def report(*results: object, **attributes: object) -> dict:
    return {"data": {"attributes": {"results": list(results), **attributes}}, "links": {}}


def test_a_result_of_another_shape_costs_itself_alone(tap, sandbox, account_id):
    body = report(result(campaign_message_id="A"), {"groupings": None}, "?")
    sandbox.fault("/campaign-values", client="acme", status=200, body=body, times=None)
    sync = tap.sync(only=("campaign_values",), start_date=YESTERDAY)
    found = sync.of("campaign_values", account_id("acme"))
    assert {row["campaign_message_id"] for row in found} == {"A"}
    assert not [row for row in found if "brand_new_statistic" in row]
    assert sync.logged("acme", "campaign_values")["status"] == "partial"


def test_a_record_without_a_value_in_a_key_is_put_aside_and_told(tap, sandbox, account_id):
    body = report(result(campaign_message_id=None), result(campaign_message_id="A"))
    sandbox.fault("/campaign-values", client="acme", status=200, body=body, times=None)
    answer(sandbox, "/tags", {"id": None, "attributes": {"name": "x"}}, item("T"))
    answer(sandbox, "/events", event("A"), {**event("A"), "id": None}, times=1)
    sync = tap.sync(only=("campaign_values", "tags", "events"), start_date=YESTERDAY)
    values = sync.of("campaign_values", account_id("acme"))
    assert {row["campaign_message_id"] for row in values} == {"A"}
    assert rows(sync, "tags", account_id) == ["T"]
    assert set(rows(sync, "events", account_id)) == {"A"}
    lacking = {"campaign_values": "no campaign_message_id", "tags": "no id", "events": "no id"}
    for stream, words in lacking.items():
        log = sync.logged("acme", stream)
        assert log["status"] == "partial"
        assert words in log["error"]
        assert f"acme, {stream}: 1 records of {stream} left out" in sync.log


@pytest.mark.parametrize("stream", ["flow_series", "form_version_series", "segment_series"])
def test_a_group_of_nothing_is_no_group_of_a_series(tap, sandbox, account_id, stream):
    zone = ZoneInfo("America/New_York")
    start, until = (moment.astimezone(zone).date() for moment in (NOW - timedelta(days=1), NOW))
    days = [start + timedelta(days=n) for n in range((until - start).days + 1)]
    dates = [f"{day}T00:00:00+00:00" for day in days]
    nothing = {"groupings": {}, "statistics": {}}
    path = f"/{stream.replace('_version', '').replace('_', '-')}"
    body = report(nothing, date_times=dates)
    sandbox.fault(path, client="acme", status=200, body=body, times=None)
    sync = tap.sync(only=(stream,), start_date=YESTERDAY)
    assert sync.of(stream, account_id("acme")) == []
    assert sync.logged("acme", stream)["status"] != "ok"


@pytest.mark.parametrize("stream", ["flow_series", "form_version_series"])
@pytest.mark.parametrize(
    "attributes", [{"results": [], "date_times": []}, {"results": None}, {}], ids=str
)
def test_a_report_without_results_and_dates_is_empty(tap, sandbox, account_id, stream, attributes):
    body = {"data": {"attributes": attributes}, "links": {"next": None}}
    path = f"/{stream.replace('_version', '').replace('_', '-')}"
    sandbox.fault(path, client="acme", status=200, body=body, times=None)
    sync = tap.sync(only=(stream,), start_date=YESTERDAY)
    assert sync.of(stream, account_id("acme")) == []
    assert sync.logged("acme", stream)["status"] == "ok", sync.logged("acme", stream)
    assert sync.bookmark(stream, account_id("acme"))["replication_key_value"]
