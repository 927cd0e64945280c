"""One part of an answer that cannot be read costs itself, is named, and is asked for again."""

import json
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from tap_klaviyo.run.isolation import Subject, convert_each, describe
from tap_klaviyo.run.run_stats import StreamStats

NOW = datetime.now(timezone.utc).replace(microsecond=0)
LAST_WEEK = (NOW - timedelta(days=4)).isoformat()
YESTERDAY = (NOW - timedelta(days=1)).isoformat()
GONE = {"errors": [{"status": 404, "detail": "does not exist"}]}
REFUSED = {"errors": [{"status": 400, "detail": "has no messages", "source": {"parameter": "id"}}]}


def answer(sandbox, path: str, *items: dict, included: tuple[dict, ...] = (), times=None) -> None:
    """Let acme's endpoint answer with these items; what it listed before is not there any more."""
    body = {"data": list(items), "included": list(included), "links": {"next": None}}
    sandbox.fault(path, client="acme", status=200, body=body, times=times)


def item(name: str, **attributes: object) -> dict:
    dates = dict.fromkeys(("created", "updated", "created_at", "updated_at"), LAST_WEEK)
    return {"id": name, "attributes": {"name": name, **dates, **attributes}}


def rows(sync, stream: str, account_id) -> list[str]:
    return sorted(record["id"] for record in sync.of(stream, account_id("acme")))


ODD = {
    "no attributes": {"id": "ODD"},
    "attributes that are no object": {"id": "ODD", "attributes": ["?"]},
    "a date that is none": item("ODD", updated="soon", updated_at="soon"),
    "a time before all times": item("ODD", **dict.fromkeys(("updated", "updated_at"),
                                                           "0001-01-01T00:00:00+02:00")),
}  # fmt: skip


@pytest.mark.parametrize("stream", ["lists", "segments", "forms", "flows", "campaigns"])
@pytest.mark.parametrize("shape", ODD)
def test_an_item_of_another_shape_costs_itself_alone_and_is_named(
    tap, sandbox, account_id, stream, shape
):
    answer(sandbox, f"/{stream}", item("A"), ODD[shape], item("B"))
    answer(sandbox, f"/{stream}/A", times=None)
    sync = tap.sync(only=(stream,))
    assert set(rows(sync, stream, account_id)) == {"A", "B"}
    log = sync.logged("acme", stream)
    assert log["status"] == "partial"
    assert f"1 {stream} left out (ODD)" in log["error"]
    assert f"in /{stream}" in log["error"]
    assert "soon" not in log["error"]
    assert sync.logged("koala", stream)["status"] == "ok"


def test_what_was_left_out_is_asked_for_again_however_old_until_it_comes(tap, sandbox, account_id):
    old = item("OLD", updated=(NOW - timedelta(days=300)).isoformat())
    answer(sandbox, "/lists", item("A"), {**old, "attributes": None})
    first = tap.sync(only=("lists",))
    assert first.bookmark("lists", account_id("acme"))["left_out"] == ["OLD"]
    assert first.bookmark("lists", account_id("acme"))["replication_key_value"]

    sandbox.heal()
    answer(sandbox, "/lists", item("A"), old)
    sandbox.requests.clear()
    second = tap.sync(only=("lists",), state=first.state)
    assert "OLD" in rows(second, "lists", account_id)
    assert second.logged("acme", "lists")["status"] == "ok"
    assert "left_out" not in second.bookmark("lists", account_id("acme"))
    assert not [r for r in asked(sandbox, "acme", "/lists") if "filter" in r]
    assert all("filter" in r for r in asked(sandbox, "koala", "/lists"))


def asked(sandbox, client: str, path: str) -> list[str]:
    found = [r for r in sandbox.requests if r.client == client and r.path.startswith(path)]
    assert found
    return [str(request) for request in found]


def test_a_listing_that_nobody_understands_fails_and_keeps_its_bookmark(tap, sandbox, account_id):
    answer(sandbox, "/lists", {"surprise": True}, {"surprise": False})
    sync = tap.sync(only=("lists",))
    log = sync.logged("acme", "lists")
    assert log["status"] == "failed"
    assert "KeyError at" in log["error"]
    assert sync.bookmark("lists", account_id("acme")) == {}


@pytest.fixture
def three_actions(sandbox):
    """A flow of acme whose second action answers as a test says; the others have a message."""

    def serve(status: int, body: object) -> None:
        sandbox.heal()
        answer(sandbox, "/flows/F1/flow-actions", *(item(n) for n in ("x1", "x2", "x3")))
        for name in ("x1", "x3"):
            answer(sandbox, f"/flow-actions/{name}", item(f"M{name}"))
        sandbox.fault("/flow-actions/x2", client="acme", status=status, body=body, times=None)
        answer(sandbox, "/flows", item("F1"))

    return serve


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        pytest.param(404, GONE, "404", id="gone"),
        pytest.param(400, REFUSED, "has no messages at id", id="refused"),
        pytest.param(200, {"data": [{"id": "Mx2"}], "links": {}}, "KeyError at", id="odd-message"),
        pytest.param(200, [], "undocumented JSON structure", id="no-document"),
        pytest.param(200, {"data": "?"}, "TypeError at", id="no-list"),
    ],
)
def test_one_flow_action_costs_its_own_messages_alone(
    tap, three_actions, account_id, status, body, says
):
    three_actions(status, body)
    sync = tap.sync(only=("flows", "flow_messages"))
    assert set(rows(sync, "flow_messages", account_id)) == {"Mx1", "Mx3"}
    for stream in ("flows", "flow_messages"):
        log = sync.logged("acme", stream)
        assert log["status"] == "partial"
        assert "x2" in log["error"]
        assert says in log["error"]
    assert sync.bookmark("flows", account_id("acme"))["replication_key_value"]


def test_a_refused_action_is_asked_again_and_one_that_is_gone_is_not(
    tap, three_actions, account_id
):
    only = {"only": ("flows", "flow_messages")}
    three_actions(400, REFUSED)
    refused = tap.sync(**only)
    three_actions(404, GONE)
    gone = tap.sync(**only)
    assert refused.bookmark("flows", account_id("acme"))["left_out"] == ["F1"]
    assert "left_out" not in gone.bookmark("flows", account_id("acme"))

    three_actions(200, {"data": [item("Mx2")], "links": {"next": None}})
    healed = tap.sync(state=refused.state, **only)
    assert "Mx2" in rows(healed, "flow_messages", account_id)
    assert "left_out" not in healed.bookmark("flows", account_id("acme"))


@pytest.mark.parametrize(
    ("status", "body"),
    [(404, GONE), (400, REFUSED), (200, {"data": [item("V"), {"id": "W"}]})],
    ids=["gone", "refused", "odd"],
)
def test_the_variations_of_one_message_cost_themselves_alone(
    tap, sandbox, world, account_id, status, body
):
    first = world.accounts["acme"].campaigns[0].messages[0].id
    path = f"/campaign-messages/{first}/campaign-variations"
    sandbox.fault(path, client="acme", status=status, body=body, times=None)
    sync = tap.sync(only=("campaigns", "campaign_messages", "campaign_variations"))
    messages = set(rows(sync, "campaign_messages", account_id))
    variations = sync.of("campaign_variations", account_id("acme"))
    assert {v["campaign_message_id"] for v in variations} == messages - {first} != set()
    log = sync.logged("acme", "campaigns")
    assert log["status"] == "partial"
    assert first in log["error"]
    left_out = sync.bookmark("campaigns", account_id("acme")).get("left_out")
    assert left_out == (None if status == 404 else [first])


def campaign(name: str, **relationships: object) -> dict:
    definition = {"name": name, "builder": "wizard", "archived": False}
    made = {"id": name, "attributes": item(name)["attributes"] | {"definition": definition}}
    return {**made, "relationships": relationships} if relationships else made


def message(name: str, **relationships: object) -> dict:
    definition = {"name": name, "status": "sent", "send_options": {"send_time": YESTERDAY}}
    attributes = {**item(name)["attributes"], "definition": definition}
    return {
        "type": "campaign-message",
        "id": name,
        "attributes": attributes,
        "relationships": relationships,
    }


def test_a_campaign_without_relationships_costs_nothing(tap, sandbox, account_id):
    named = {"data": [{"type": "campaign-message", "id": "CM1"}]}
    answer(
        sandbox,
        "/campaigns",
        campaign("C1", **{"campaign-messages": named}),
        campaign("C2"),
        included=(message("CM1", campaign={"links": {"related": "…"}}),),
    )
    sync = tap.sync(only=("campaigns", "campaign_messages"))
    assert set(rows(sync, "campaigns", account_id)) == {"C1", "C2"}
    assert sync.logged("acme", "campaigns")["status"] == "ok"
    found = sync.of("campaign_messages", account_id("acme"))
    assert {(m["id"], m["campaign_id"]) for m in found} == {("CM1", "C1")}


def test_a_message_that_is_named_and_not_included_is_told_and_asked_for_again(
    tap, sandbox, account_id
):
    named = {"data": [{"type": "campaign-message", "id": name} for name in ("CM1", "CM2")]}
    answer(
        sandbox,
        "/campaigns",
        campaign("C1", **{"campaign-messages": named}),
        included=(message("CM1"),),
    )
    sync = tap.sync(only=("campaigns", "campaign_messages"))
    assert set(rows(sync, "campaign_messages", account_id)) == {"CM1"}
    assert "CM2" in sync.logged("acme", "campaigns")["error"]
    assert sync.bookmark("campaigns", account_id("acme"))["left_out"] == ["CM2"]


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


@pytest.mark.parametrize("stream", ["flow_series", "form_series", "segment_series"])
def test_a_group_of_nothing_is_no_group_of_a_series(tap, sandbox, account_id, stream):
    zone = ZoneInfo("America/New_York")
    start, until = (moment.astimezone(zone).date() for moment in (NOW - timedelta(days=1), NOW))
    days = [start + timedelta(days=n) for n in range((until - start).days + 1)]
    dates = [f"{day}T00:00:00+00:00" for day in days]
    nothing = {"groupings": {}, "statistics": {}}
    path = f"/{stream.replace('_', '-')}"
    body = report(nothing, date_times=dates)
    sandbox.fault(path, client="acme", status=200, body=body, times=None)
    sync = tap.sync(only=(stream,), start_date=YESTERDAY)
    assert sync.of(stream, account_id("acme")) == []
    assert sync.logged("acme", stream)["status"] != "ok"


@pytest.mark.parametrize("stream", ["flow_series", "form_series"])
@pytest.mark.parametrize(
    "attributes", [{"results": [], "date_times": []}, {"results": None}, {}], ids=str
)
def test_a_report_without_results_and_dates_is_empty(tap, sandbox, account_id, stream, attributes):
    body = {"data": {"attributes": attributes}, "links": {"next": None}}
    path = f"/{stream.replace('_', '-')}"
    sandbox.fault(path, client="acme", status=200, body=body, times=None)
    sync = tap.sync(only=(stream,), start_date=YESTERDAY)
    assert sync.of(stream, account_id("acme")) == []
    assert sync.logged("acme", stream)["status"] == "ok", sync.logged("acme", stream)
    assert sync.bookmark(stream, account_id("acme"))["replication_key_value"]


def test_a_mistake_is_described_by_its_place_and_never_by_a_value():
    stats = StreamStats(finished_at=NOW)
    secret = "pk_5f0e4a1c9b7d2e6f"

    def convert(item: dict) -> int:
        return int(item["id"])

    assert convert_each(stats, Subject("things", "things"), [{"id": secret}], convert) == []
    row = stats.as_row()
    assert row["status"] == "partial"
    assert "ValueError at" in row["error"]
    assert secret not in row["error"].replace(f"({secret})", "")
    assert describe(KeyError(secret)) == "KeyError"
    assert json.dumps(row)
