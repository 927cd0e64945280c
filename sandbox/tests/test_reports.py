"""The reports say what the world says has happened, dated by the day of sending."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

COUNTED = (
    "recipients", "delivered", "bounced", "failed", "opens", "opens_unique", "clicks",
    "clicks_unique", "spam_complaints", "unsubscribes", "unsubscribe_uniques", "conversions",
    "conversion_uniques", "conversion_value",
)  # fmt: skip
RATES = {
    "open_rate": ("opens_unique", "delivered"),
    "click_rate": ("clicks_unique", "delivered"),
    "bounce_rate": ("bounced", "recipients"),
    "conversion_rate": ("conversion_uniques", "delivered"),
    "revenue_per_recipient": ("conversion_value", "delivered"),
}
SEASON = {"start": "2026-10-01T00:00:00", "end": "2026-11-29T23:59:59"}
CAMPAIGN_GROUPS = ["campaign_id", "campaign_message_id", "send_channel", "variation"]


def revenue(world, client):
    return world.accounts[client].metrics["order"].id


def day_of(instant):
    return datetime.fromisoformat(instant).date()


def series(found, group_names, statistics):
    """Rows by group and day of a report of series, days of zeros left out."""
    days = [day_of(instant) for instant in found["date_times"]]
    return {
        (*(result["groupings"][name] for name in group_names), day): row
        for result in found["results"]
        for number, day in enumerate(days)
        if any((row := {n: result["statistics"][n][number] for n in statistics}).values())
    }


def rows_by(rows, keys, statistics):
    return {
        tuple(row[key] for key in keys): {name: row[name] for name in statistics} for row in rows
    }


def exact(rows):
    """Money as Decimal, so that it can be compared."""
    money = "conversion_value"
    return {
        key: {n: Decimal(str(v)) if n == money else v for n, v in row.items()}
        for key, row in rows.items()
    }


@pytest.mark.parametrize("brand", ["acme", "nord"])
def test_values_of_campaigns_are_those_of_their_events(reader, world, brand):
    found = reader(brand).report(
        "campaign-values-report",
        statistics=[*COUNTED, *RATES],
        timeframe=SEASON,
        conversion_metric_id=revenue(world, brand),
        group_by=CAMPAIGN_GROUPS,
    )
    served = {
        (
            result["groupings"]["campaign_id"],
            result["groupings"]["campaign_message_id"],
            result["groupings"]["variation"] or "",
            result["groupings"]["send_channel"],
        ): result["statistics"]
        for result in found["results"]
    }
    keys = ("campaign_id", "campaign_message_id", "variation_id", "send_channel")
    known = rows_by(world.truth.campaign_values(brand), keys, COUNTED)

    counted = {key: {name: row[name] for name in COUNTED} for key, row in served.items()}
    assert len(known) > 10
    assert exact(counted) == known
    for row in served.values():
        for rate, (part, whole) in RATES.items():
            assert row[rate] == (row[part] / row[whole] if row[whole] else 0)


def test_campaigns_are_dated_by_their_local_day_of_sending(reader, world):
    """A send at 23:40 in Sydney belongs to that day, though UTC is already elsewhere."""
    day = next(
        campaign.send.date()
        for campaign in world.accounts["koala"].campaigns
        if campaign.send.hour == 23 and campaign.sent_at < world.until
    )
    found = reader("koala").report(
        "campaign-values-report",
        statistics=["recipients"],
        timeframe={"start": f"{day}T00:00:00+05:00", "end": f"{day}T23:00:00Z"},
        conversion_metric_id=revenue(world, "koala"),
    )

    known = world.truth.campaign_values("koala", day, day)
    assert known
    assert {result["groupings"]["campaign_message_id"] for result in found["results"]} == {
        row["campaign_message_id"] for row in known
    }


def test_series_of_flows_are_dated_by_the_day_of_sending(reader, world, client):
    found = reader(client).report(
        "flow-series-report",
        statistics=list(COUNTED),
        timeframe=SEASON,
        interval="daily",
        conversion_metric_id=revenue(world, client),
    )
    groups = ("flow_id", "flow_message_id", "send_channel")
    known = rows_by(world.truth.flow_series(client), (*groups, "date"), COUNTED)

    assert found["date_times"][0] == "2026-10-01T00:00:00+00:00"
    assert len(found["date_times"]) == 60
    assert exact(series(found, groups, COUNTED)) == known


@pytest.mark.parametrize("groups", [("form_id",), ("form_id", "form_version_id")])
def test_series_of_forms_are_those_of_the_truth(reader, world, client, groups):
    statistics = ("viewed_form", "viewed_form_uniques", "submits", "closed_form")
    found = reader(client).report(
        "form-series-report", statistics=[*statistics, "submit_rate"], timeframe=SEASON,
        interval="daily", group_by=list(groups),
    )  # fmt: skip
    known: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for row in world.truth.form_series(client):
        key = (*(row[one] for one in groups), row["date"])
        known[key].update({name: row[name] for name in statistics})

    served = series(found, groups, statistics)
    assert served == {key: dict(row) for key, row in known.items() if any(row.values())}
    assert max(day for *_, day in served) == world.accounts[client].last_day


def test_series_of_segments_are_those_of_the_truth(reader, world, client):
    statistics = ("members_added", "members_removed", "net_members_changed", "total_members")
    found = reader(client).report(
        "segment-series-report", statistics=list(statistics), timeframe=SEASON, interval="daily"
    )
    known = rows_by(world.truth.segment_series(client), ("segment_id", "date"), statistics)

    served = series(found, ("segment_id",), statistics)
    assert len(known) > 100
    assert {key: row for key, row in served.items() if key in known} == known
    last = world.accounts[client].last_day
    assert {row["members_added"] for (_, day), row in served.items() if day > last} == {0}


@pytest.mark.parametrize(
    ("interval", "frame", "expected"),
    [
        ("hourly", ("2026-11-02T00:00:00", "2026-11-02T23:00:00"), 24),
        ("weekly", ("2026-11-03T00:00:00", "2026-11-10T23:00:00"), 2),
        ("monthly", ("2026-10-05T00:00:00", "2026-11-10T23:00:00"), 2),
    ],
)
def test_other_intervals_add_up_to_the_same(reader, world, interval, frame, expected):
    asked = {
        "statistics": ["delivered", "opens", "conversions", "conversion_value"],
        "timeframe": dict(zip(("start", "end"), frame, strict=True)),
        "conversion_metric_id": revenue(world, "acme"),
    }
    found = reader("acme").report("flow-series-report", interval=interval, **asked)
    daily = reader("acme").report("flow-series-report", interval="daily", **asked)

    def sums(report):
        return {
            (result["groupings"]["flow_message_id"], name): round(sum(values), 2)
            for result in report["results"]
            for name, values in result["statistics"].items()
        }

    assert len(found["date_times"]) == expected
    assert sums(found) == sums(daily)


@pytest.mark.parametrize("key", ["last_7_days", "last_30_days", "this_month", "last_365_days"])
def test_a_timeframe_can_be_named(reader, world, key):
    today = date(2026, 11, 20)
    first = {
        "last_7_days": today - timedelta(days=6),
        "last_30_days": today - timedelta(days=29),
        "this_month": today.replace(day=1),
        "last_365_days": None,
    }[key]
    found = reader("acme").report(
        "campaign-values-report", statistics=["delivered"], timeframe={"key": key},
        conversion_metric_id=revenue(world, "acme"), group_by=CAMPAIGN_GROUPS,
    )  # fmt: skip

    known = world.truth.campaign_values("acme", first)
    assert len(found["results"]) == len(known)


def test_groups_can_be_filtered_and_tags_fan_out(reader, world):
    acme = reader("acme")
    asked = {
        "statistics": ["recipients"],
        "timeframe": SEASON,
        "conversion_metric_id": revenue(world, "acme"),
    }
    texts = acme.report(
        "campaign-values-report", filter='and(equals(send_channel,"sms"))', **asked
    )["results"]
    flow = world.accounts["acme"].flows["welcome"]
    two = acme.report(
        "flow-series-report", interval="weekly", filter=f'contains-any(flow_id,["{flow.id}"])',
        group_by=["flow_message_id", "flow_id", "tag_name"], **asked,
    )["results"]  # fmt: skip

    assert {result["groupings"]["send_channel"] for result in texts} == {"sms"}
    assert {result["groupings"]["flow_message_id"] for result in two} == {
        message.id for message in flow.messages
    }
    assert {result["groupings"]["tag_name"] for result in two} == {"Automatic"}


def test_a_late_order_and_a_late_credit_show_in_the_report_of_the_day_of_sending(own, acme):
    account = own.world.accounts["acme"]
    click = next(e for e in account.by_metric["clicked"] if "$flow" not in e.properties)
    message = click.properties["$message"]

    def conversions():
        found = acme.report(
            "campaign-values-report", statistics=["conversions", "conversion_value"],
            timeframe={"key": "last_30_days"}, conversion_metric_id=account.metrics["order"].id,
        )["results"]  # fmt: skip
        [one] = [r for r in found if r["groupings"]["campaign_message_id"] == message]
        return one["statistics"]

    before = conversions()
    wall = datetime.fromisoformat("2026-11-19T20:00")
    order = own.add_event("acme", "Placed Order", wall, cents=1234)
    assert conversions() == before
    own.restate("acme", order.id, click.id)

    after = conversions()
    assert after["conversions"] == before["conversions"] + 1
    assert round(after["conversion_value"] - before["conversion_value"], 2) == 12.34
