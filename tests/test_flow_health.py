"""What is wrong with flows: planted, and told within three days; of quiet shops, nothing."""

from collections.abc import Callable
from datetime import date
from typing import Any

import psycopg
import pytest

from bench.brands import DAY
from bench.flow_shops import BEGINS, LAST, PLOTS, FlowShop
from bench.flows import FINE, alarms, days_until, invent, planted, quiet, verdicts

SELECTED = (
    *("build", "--exclude-resource-type", "test", "unit_test"),
    *("--select", "+flow_health", "+lifecycle_coverage"),
)
REFUSED = FlowShop("refused", 1, 0.1, has_flows=False)
MONTH = 28


def _judge(server: Any, dbt: Callable[..., str], name: str, shops: list[FlowShop]) -> Any:
    server.execute(f'drop database if exists "{name}"')
    server.execute(f'create database "{name}"')
    database = type(server)({**server.env, "PGDATABASE": name})
    with psycopg.connect(database.dsn) as connection:
        invent(connection, shops)
    dbt(database, *SELECTED)
    return database


def _verdicts(database: Any) -> dict[tuple[str, str], list[tuple[Any, str]]]:
    with psycopg.connect(database.dsn) as connection:
        return verdicts(connection)


@pytest.fixture(scope="module")
def shops() -> dict[str, FlowShop]:
    return {shop.plot: shop for shop in planted()}


@pytest.fixture(scope="module")
def database(server: Any, dbt: Callable[..., str], shops: dict[str, FlowShop]) -> Any:
    return _judge(server, dbt, "flow_health", [*shops.values(), *quiet(8), REFUSED])


@pytest.fixture(scope="module")
def judged(database: Any) -> dict[tuple[str, str], list[tuple[Any, str]]]:
    return _verdicts(database)


@pytest.mark.parametrize("plot", PLOTS)
def test_what_is_wrong_with_a_flow_is_told_within_three_days(judged, shops, plot):
    days = judged[shops[plot].account, "checkout"]
    assert len(days) == MONTH
    told = days_until(plot, days)
    assert told is not None
    assert told <= 3
    assert {verdict for day, verdict in days if day < BEGINS} <= FINE


@pytest.mark.parametrize("plot", PLOTS)
def test_the_other_flows_of_the_shop_are_fine(judged, shops, plot):
    for flow in ("joined", "order"):
        assert {verdict for _, verdict in judged[shops[plot].account, flow]} == {"ok"}


def _clicks(shop: FlowShop, first: date, end: date) -> int:
    """Those on the messages of the abandoned checkout."""
    return sum(
        count
        for metric, message, day, count in shop.rows(1)
        if metric == "clicked" and message.startswith("checkout") and first <= day < end
    )


def test_the_table_says_since_when_and_what_is_at_stake(database, shops):
    found = {
        row["account_id"]: row
        for row in database.rows("select * from analytics.flow_health where flow_id = 'checkout'")
    }
    for plot in ("dead trigger", "pause", "stops by itself", "filter"):
        shop = shops[plot]
        row, clicks = found[shop.account], _clicks(shop, BEGINS - MONTH * DAY, BEGINS)
        assert row["date_day"] == LAST
        assert row["since_day"] == BEGINS
        assert row["value_at_stake"] == 10 * clicks, "an order of 10 with each click"
        assert row["stage"] == "abandoned_checkout"
    decayed = found[shops["60 % fewer clicks"].account]
    assert "% fewer clicks than before" in decayed["reason"]
    assert decayed["since_day"] >= BEGINS - 14 * DAY
    renamed = found[shops["rename"].account]
    assert (renamed["trigger_metric"], renamed["verdict"]) == ("Began to pay", "ok")
    assert renamed["reason"] is None


def test_shops_in_which_nothing_happens_are_fine(judged):
    fine = [days for (account, _), days in judged.items() if account.startswith("calm ")]
    assert len(fine) == 24
    assert [alarm for days in fine for alarm in alarms(days)] == []


def test_without_the_scope_for_flows_both_tables_lack_the_account_alone(database):
    days = "select count(*) from analytics_intermediate.int_client_days where account_id = %(one)s"
    assert database.value(days, one=REFUSED.account) > 0
    for query in (
        "select distinct account_id from analytics.flow_health",
        "select distinct account_id from analytics.lifecycle_coverage",
    ):
        found = {row["account_id"] for row in database.rows(query)}
        assert len(found) == len(PLOTS) + 8
        assert REFUSED.account not in found


def test_what_is_missing_is_worth_the_median_share_of_sales(database):
    rows = database.rows("select * from analytics.lifecycle_coverage")
    by_stage = {row["stage"]: row for row in rows if row["account_id"] == "dead trigger|20"}
    assert len(by_stage) == 9
    assert {row["coverage"] for row in by_stage.values()} == {"live", "missing"}
    assert by_stage["sunset"]["expected_revenue"] is None, "it is live nowhere"
    checkout = by_stage["abandoned_checkout"]
    assert (checkout["live_emails"], checkout["first_delay_hours"]) == (2, 0)
    assert checkout["expected_revenue"] > 0
    live = [row for row in rows if row["live_flows"] and row["stage"] == "abandoned_checkout"]
    assert len(live) == len(PLOTS) + 8 - 1, "one of them is stopped"
    shares = sorted(row["share_of_sales"] for row in live)
    assert checkout["portfolio_clients"] == len(shares)
    assert shares[0] < checkout["portfolio_median_share"] < shares[-1]


@pytest.mark.parametrize(
    ("client", "wrong"),
    [
        ("acme", {}),
        ("nord", {"Post-purchase thank you": ("flow_silent", 102)}),
        ("koala", {"Abandoned checkout": ("message_draft", 100)}),
    ],
)
def test_what_is_wrong_with_the_brands_flows_is_on_the_watch_list(ask, world, client, wrong):
    account = world.accounts[client]
    rows = {
        row["flow_name"]: row
        for row in ask("select * from analytics.flow_health where client = %(client)s", client)
    }
    assert rows.keys() == {flow.name for flow in account.flows.values() if not flow.is_archived}
    found = {name: row["verdict"] for name, row in rows.items() if row["verdict"] != "ok"}
    assert found == {name: verdict for name, (verdict, _) in wrong.items()}
    for name, (_, number) in wrong.items():
        begun = account.first_day + number * DAY
        assert begun <= rows[name]["since_day"] <= begun + DAY
    checkout = rows["Abandoned checkout"]
    last = checkout["date_day"]
    assert checkout["triggers_28_days"] == sum(
        totals[checkout["trigger_metric"]]["count"]
        for day, totals in world.truth.totals(client).items()
        if last - MONTH * DAY < day <= last and checkout["trigger_metric"] in totals
    )


@pytest.mark.soak
def test_of_200_quiet_shops_at_most_one_in_100_flow_weeks_is_an_alarm(server, dbt, capsys):
    found = _verdicts(_judge(server, dbt, "quiet_flows", quiet(200)))
    weeks = sum(map(len, found.values())) / 7
    raised = sum(len(alarms(days)) for days in found.values())
    with capsys.disabled():
        print(f"\n{raised} alarms in {weeks:.0f} flow-weeks")  # noqa: T201
    assert weeks >= 2000
    assert raised <= weeks / 100
