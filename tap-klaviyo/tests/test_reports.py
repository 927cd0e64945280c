"""Klaviyo's own reports: the numbers of its screens, within its budget."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from sandbox import Sandbox

UTC = timezone.utc
NEW_YORK = ZoneInfo("America/New_York")
SYDNEY = ZoneInfo("Australia/Sydney")
COUNTED = (
    "recipients", "delivered", "bounced", "failed", "opens", "opens_unique", "clicks",
    "clicks_unique", "spam_complaints", "unsubscribes", "unsubscribe_uniques", "conversions",
    "conversion_uniques",
)  # fmt: skip
VALUES = ("average_order_value", "conversion_value", "revenue_per_recipient", "text_message_roi")


def rows_by(rows, keys, statistics):
    """Rows by key, days of zeros left out."""
    found = {
        tuple(str(row[key]) for key in keys): tuple(row[name] for name in statistics)
        for row in rows
    }
    return {key: numbers for key, numbers in found.items() if any(numbers)}


def revenue(world, client):
    return world.accounts[client].metrics["order"].id


def test_campaign_values_are_what_the_campaigns_brought(twice):
    rows = twice.rows("acme", "campaign_values")
    keys = ("campaign_id", "campaign_message_id", "variation_id", "send_channel")
    truth = twice.world.truth.campaign_values("acme")
    assert rows_by(rows, keys, COUNTED) == rows_by(truth, keys, COUNTED) != {}
    assert cents(rows) == cents(truth)
    assert {row["conversion_metric_id"] for row in rows} == {revenue(twice.world, "acme")}


def cents(rows):
    return {
        (row["campaign_message_id"], row["variation_id"]): round(row["conversion_value"] * 100)
        for row in rows
    }


def test_the_next_run_replaces_the_records_of_the_quarter_it_reads_again(twice):
    key = (
        "campaign_message_id", "variation_id", "send_channel", "conversion_metric_id",
        "window_start", "window_end",
    )  # fmt: skip
    rows, again = (f("koala", "campaign_values") for f in (twice.rows, twice.rows_again))
    keys, keys_again = ([tuple(row[name] for name in key) for row in r] for r in (rows, again))
    assert len(set(keys)) == len(keys)
    assert set(keys_again) <= set(keys)
    assert keys_again
    starts = {datetime.fromisoformat(row["window_start"]).astimezone(SYDNEY) for row in rows}
    assert {(start.day, start.hour) for start in starts} == {(1, 0)}
    first, second = (run.logged("acme", "campaign_values") for run in (twice.first, twice.second))
    assert second["requests"] <= 2
    assert second["window_end"] > first["window_end"]


def test_an_order_credited_late_reaches_the_message_it_is_credited_to(
    tap, sandbox, world, account_id
):
    account = world.accounts["acme"]
    click = next(e for e in account.by_metric["clicked"] if "$flow" not in e.properties)

    def conversions(rows):
        message = click.properties["$message"]
        return sum(row["conversions"] for row in rows if row["campaign_message_id"] == message)

    first = tap.sync(only=("campaign_values",))
    an_hour_ago = datetime.now(NEW_YORK).replace(tzinfo=None) - timedelta(hours=1)
    order = sandbox.add_event("acme", "Placed Order", an_hour_ago, cents=1234)
    sandbox.restate("acme", order.id, click.id)
    second = tap.sync(only=("campaign_values",), state=first.state)

    before, after = (
        conversions(s.of("campaign_values", account_id("acme"))) for s in (first, second)
    )
    assert after == conversions(world.truth.campaign_values("acme")) == before + 1


def test_a_metric_without_values_is_asked_again_without_them(twice):
    """Klaviyo refuses values of koala's orders in this report."""
    rows = twice.rows("koala", "campaign_values")
    assert sum(row["conversions"] for row in rows) > 0
    assert {row.get(name) for row in rows for name in VALUES} == {None}
    koala, acme = (twice.first.logged(c, "campaign_values") for c in ("koala", "acme"))
    assert (koala["status"], acme["status"]) == ("partial", "ok")
    assert "conversion_value" in koala["error"]
    assert koala["requests"] == acme["requests"] + 1


def test_without_a_mapped_revenue_metric_everything_else_comes(tap, sandbox, account_id):
    empty = {"data": [], "links": {"self": "", "next": None}}
    sandbox.fault("/mapped-metrics", client="acme", status=200, body=empty, times=None)
    sync = tap.sync(only=("campaign_values", "flow_series"))
    for stream in ("campaign_values", "flow_series"):
        rows = sync.of(stream, account_id("acme"))
        assert sum(row["delivered"] for row in rows) > 0
        assert {row["conversion_metric_id"] for row in rows} == {""}
        assert not [row for row in rows if {"conversions", *VALUES} & set(row)]
        log = sync.logged("acme", stream)
        assert log["status"] == "partial"
        assert "map one" in log["error"]


@pytest.mark.parametrize("client", ["acme", "koala"])
def test_a_series_of_flows_has_the_numbers_of_each_local_day_of_sending(twice, client):
    keys = ("flow_id", "flow_message_id", "send_channel", "date")
    served = rows_by(twice.rows(client, "flow_series"), keys, COUNTED)
    assert served == rows_by(twice.world.truth.flow_series(client), keys, COUNTED) != {}


@pytest.mark.parametrize("client", ["acme", "koala"])
def test_a_series_of_forms_has_the_numbers_of_each_version_and_local_day(twice, client):
    statistics = ("viewed_form", "viewed_form_uniques", "submits", "closed_form")
    keys = ("form_id", "form_version_id", "date")
    served = rows_by(twice.rows(client, "form_version_series"), keys, statistics)
    truth = twice.world.truth.form_series(client)
    assert served == rows_by(truth, keys, statistics) != {}
    assert len({key[1] for key in served}) > len({key[0] for key in served})  # of a test, two


def test_a_series_of_segments_has_members_and_changes_of_each_local_day(twice):
    statistics = ("members_added", "members_removed", "net_members_changed", "total_members")
    keys = ("segment_id", "date")
    served = rows_by(twice.rows("koala", "segment_series"), keys, statistics)
    truth = rows_by(twice.world.truth.segment_series("koala"), keys, statistics)
    season = {key: row for key, row in truth.items() if key in served}
    assert len(season) > 100
    assert {key: served[key] for key in season} == season
    assert max(day for _, day in truth) == max(day for _, day in season)


def test_a_series_is_read_again_for_the_look_back_and_all_groups_of_a_day_at_once(twice):
    again = twice.rows_again("acme", "flow_series")
    log = twice.second.logged("acme", "flow_series")
    today = datetime.fromisoformat(log["window_end"]).astimezone(NEW_YORK).date()
    assert min(row["date"] for row in again) == (today - timedelta(days=14)).isoformat()
    assert log["requests"] == 1
    read_at = defaultdict(set)
    for row in (*twice.rows("acme", "flow_series"), *again):
        read_at[row["date"]].add(row["read_at"])
    assert {len(moments) for moments in read_at.values()} == {1, 2}


def test_a_report_in_pages_is_put_together(twice, tmp_path):
    streams = ("campaign_values", "flow_series")
    with Sandbox(twice.world, rate_factor=100, report_rows=2) as paged:
        tap = replace(twice.tap, sandbox=paged, folder=tmp_path)
        sync = tap.sync(only=streams, start_date=twice.world.first_day.isoformat())
    for stream in streams:
        rows = sync.of(stream, twice.world.accounts["acme"].id)
        whole, put_together = (
            sorted(str(row | {"read_at": ""}) for row in found)
            for found in (twice.rows("acme", stream), rows)
        )
        assert put_together == whole != []
        asked, needed = (s.logged("acme", stream)["requests"] for s in (sync, twice.first))
        assert asked > needed


@pytest.fixture
def tap_with_a_daily_quota(world, tap):
    """Klaviyo's own quota of a day, and nothing else that would take time."""
    with Sandbox(world, rate_factor=100, daily_quota=225) as sandbox:
        yield replace(tap, sandbox=sandbox)


def test_a_long_history_is_read_in_several_runs(tap_with_a_daily_quota, account_id):
    tap = tap_with_a_daily_quota
    settings = {"only": ("form_version_series", "segment_series"), "start_date": "2014-01-01"}
    first = tap.sync(**settings)
    assert first.status == 0
    log = first.logged("acme", "form_version_series")
    assert (log["status"], log["requests"]) == ("deferred", 56)
    assert "The next run resumes" in log["error"]
    bookmark = first.bookmark("form_version_series", account_id("acme"))["replication_key_value"]
    assert bookmark == log["window_end"]

    second = tap.sync(state=first.state, **settings)
    again = second.logged("acme", "form_version_series")
    assert again["status"] == "ok"
    assert again["window_start"] < bookmark < again["window_end"]
    assert second.of("form_version_series", account_id("acme"))

    segments = first.logged("koala", "segment_series")
    assert (segments["status"], segments["window_start"]) == ("ok", "2023-05-31T14:00:00Z")
