"""Every query of every dashboard, for all that a viewer can choose and an attacker can write."""

from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal

import psycopg
import pytest

from grafana.authoring.sql import signed
from grafana.checks.choices import ALL, chosen
from grafana.checks.dashboards import drawn
from grafana.checks.frames import is_empty, misfits
from grafana.semantics import TimeRange, Variable
from grafana.semantics.source import Source
from tests.dashboards.conftest import DASHBOARDS, OF_TROUBLE, QUOTED, whole_days

PICKED = {
    "all": ALL,
    "one": ["nord"],
    "several": ["acme", "koala"],
    "quoted": [QUOTED],
    "unknown": ["nobody"],
}
NO_DAYS = TimeRange(
    datetime(1999, 1, 1, tzinfo=timezone.utc), datetime(1999, 1, 31, tzinfo=timezone.utc)
)
EMPTY = """
do $$ declare name text; begin
    for name in select format('%I.%I', schemaname, tablename) from pg_tables
        where schemaname like 'analytics%' or schemaname = 'tap_klaviyo'
    loop execute 'truncate ' || name; end loop;
end $$"""
# What would get every row, or do harm, if a value were written into the SQL as it is.
INJECTIONS = [
    "x') or (1=1",
    "x\\') or (1=1) --",
    "x'); drop table clients; --",
    "x') union select client from clients /*",
]


def _answers(warehouse, asked, clients, **given):
    """Every panel of every dashboard with its answer; an error names the panel."""
    for dashboard in DASHBOARDS.values():
        variables = {**chosen(dashboard, warehouse.source, asked, clients), **given}
        for panel in drawn(dashboard):
            name = f"{dashboard['uid']}: {panel['title']}"
            try:
                yield name, panel, warehouse.ask(panel, variables, asked)
            except (psycopg.Error, ValueError) as error:
                pytest.fail(f"{name}: {error}")


@pytest.mark.parametrize("picked", PICKED)
def test_every_query_answers_in_the_shape_its_panel_needs(warehouse, picked):
    wrong = {
        name: problems
        for asked in (warehouse.days(42), NO_DAYS)
        for name, panel, frame in _answers(warehouse, asked, PICKED[picked])
        if (problems := misfits(panel, frame))
    }
    assert wrong == {}


def test_every_panel_has_something_to_draw(warehouse):
    asked = TimeRange(warehouse.days(42).start, datetime.now(timezone.utc))
    empty = [name for name, _, frame in _answers(warehouse, asked, ALL) if is_empty(frame)]
    assert empty == OF_TROUBLE


def test_a_client_with_quotes_in_its_name_has_its_own_numbers(warehouse):
    asked = warehouse.days(42)
    (title,) = (p["title"] for p in DASHBOARDS["client"]["panels"] if "Store revenue" in p["title"])
    quoted = warehouse.numbers("client", title, asked, [QUOTED])
    assert quoted == warehouse.numbers("client", title, asked, ["acme"])
    assert quoted["this period"][0] > 0


@pytest.mark.parametrize("text", INJECTIONS)
def test_a_value_can_not_get_out_of_its_quotes(warehouse, text):
    asked = warehouse.days(42)
    evil = {
        "client": Variable([text], multi=True),
        "currency": Variable(text),
        "kpi": Variable(text),
    }
    nobody = {"client": Variable(["nobody"], multi=True), "currency": Variable("nothing")}
    harmless = {
        name: frame.fields
        for name, _, frame in _answers(
            warehouse, asked, ["nobody"], **nobody, kpi=Variable("nothing")
        )
    }
    answered = {
        name: frame.fields for name, _, frame in _answers(warehouse, asked, ["nobody"], **evil)
    }
    assert answered == harmless
    assert warehouse.numbers("portfolio", "Clients", asked, ALL) == {"clients": [4]}


@pytest.mark.parametrize(
    "statement",
    [
        "select 1 from tap_klaviyo.events",
        "select 1 from analytics_staging.stg_klaviyo__events",
        "set transaction read write; delete from clients",
        "set transaction read write; create table analytics.mine (i int)",
    ],
)
def test_the_role_reads_the_public_tables_and_nothing_else(warehouse, statement):
    with psycopg.connect(warehouse.source.dsn, autocommit=True) as reader:
        reader.execute("set search_path = analytics")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(statement)


def test_the_same_dashboards_serve_a_team_with_its_own_clients_alone(plain):
    """All but the portfolio, which compares all clients and is not in a team's workspace."""
    team = replace(plain, source=Source(plain.source.dsn.replace("grafana_reader", "team_north")))
    asked = team.days(42)
    dashboards = [d for uid, d in DASHBOARDS.items() if uid != "portfolio"]
    for dashboard in dashboards:
        variables = chosen(dashboard, team.source, asked, ALL)
        assert variables["client"].values == ["nord"]
        for panel in drawn(dashboard):
            shown = {f.name: f.values for f in team.ask(panel, variables, asked).fields}
            assert set(shown.get("Client", [])) <= {"nord"}


HEADLINES = (
    "Attributed revenue, ${currency}",
    "Share of store revenue",
    "Revenue per recipient, ${currency}",
    "Email list growth",
)
SUBSCRIBED = {"Subscribed to Email Marketing", "Subscribed to List"}
UNSUBSCRIBED = {"Unsubscribed from Email Marketing", "Unsubscribed"}


def _truth(world, client, asked):
    """What the client is known to have done in the time range, and its list growth."""
    first, last = whole_days(world, client, asked)
    rows = [r for r in world.truth.daily_client_metrics(client) if first <= r["date_day"] <= last]
    names = (
        (name, count["count"])
        for day, metrics in world.truth.totals(client).items()
        if first <= day <= last
        for name, count in metrics.items()
    )
    growth = sum((n in SUBSCRIBED) * c - (n in UNSUBSCRIBED) * c for n, c in names)
    return rows, growth


def _expected(rows, growth, rate):
    attributed = sum(r["attributed_revenue"] * rate(r) for r in rows)
    store = sum(r["revenue"] * rate(r) for r in rows)
    delivered = sum(r["email_delivered"] + r["sms_delivered"] for r in rows)
    return [attributed, attributed / store, attributed / delivered, growth]


def _rates(warehouse):
    """Rates by currency and day."""
    with psycopg.connect(warehouse.owner) as connection:
        rows = connection.execute(
            "select currency, date_day, reporting_rate from analytics.daily_client_metrics"
        )
        return {(currency, day): rate for currency, day, rate in rows}


@pytest.mark.parametrize("client", ["acme", "nord", "koala"])
@pytest.mark.parametrize(("days", "ago"), [(42, 0), (28, 9)])
def test_headlines_of_a_client_are_what_it_is_known_to_have_done(
    warehouse, world, client, days, ago
):
    asked = warehouse.days(days, ago=ago)
    rows, growth = _truth(world, client, asked)
    shown = [
        Decimal(str(warehouse.numbers("executive-overview", t, asked, [client])["this period"][0]))
        for t in HEADLINES
    ]
    assert [round(x, 6) for x in shown] == [
        round(Decimal(x), 6) for x in _expected(rows, growth, lambda _: 1)
    ]


@pytest.mark.parametrize(("days", "ago"), [(42, 0), (28, 9)])
def test_headlines_of_all_clients_are_converted_day_by_day_and_added_up(plain, world, days, ago):
    asked = plain.days(days, ago=ago)
    rates = _rates(plain)
    known = [_truth(world, client, asked) for client in ("acme", "nord", "koala")]
    rows = [row for client_rows, _ in known for row in client_rows]
    expected = _expected(
        rows,
        sum(growth for _, growth in known),
        lambda row: rates[row["currency"], row["date_day"]],
    )
    shown = [
        plain.numbers("executive-overview", t, asked, ALL)["this period"][0] for t in HEADLINES
    ]
    assert shown == pytest.approx([float(x) for x in expected], rel=1e-9)


def test_the_change_is_against_the_period_of_equal_length_before(warehouse, world):
    now, before = warehouse.days(28), warehouse.days(28, ago=28)
    sums = [
        sum(r["attributed_revenue"] for r in _truth(world, "nord", asked)[0])
        for asked in (now, before)
    ]
    (change,) = warehouse.numbers("executive-overview", HEADLINES[0], now, ["nord"])["vs before"]
    assert change == f"{100 * (sums[0] / sums[1] - 1):+.1f}%"


def test_a_change_of_a_per_cent_is_in_points(warehouse, world):
    now, before = warehouse.days(28), warehouse.days(28, ago=28)
    shares = [_expected(*_truth(world, "nord", asked), lambda _: 1)[1] for asked in (now, before)]
    (change,) = warehouse.numbers("executive-overview", HEADLINES[1], now, ["nord"])["vs before"]
    assert change == f"{100 * (shares[0] - shares[1]):+.1f} pts"


@pytest.mark.parametrize("days", [1, 6])
def test_less_than_a_week_is_not_compared(warehouse, days):
    """A Sunday with a campaign is not better than a Saturday without one by 1,143 per cent."""
    asked = warehouse.days(days)
    for title in HEADLINES:
        shown = warehouse.numbers("executive-overview", title, asked, ["nord"])
        assert shown["vs before"] == ["n/a"]
    assert warehouse.numbers("executive-overview", "Clients", asked, ["nord"])["Change"] == ["n/a"]
    week = warehouse.numbers("executive-overview", "Clients", warehouse.days(7), ["nord"])
    assert week["Change"][0][0] in "+-"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("0.0314", "+3.1%"), ("-0.12", "-12.0%"), ("0", "0.0%"), ("-0.0004", "0.0%"),
        ("9.99", "+999.0%"), ("9.995", "over +999%"), ("123", "over +999%"), ("null::int", None),
    ],
)  # fmt: skip
def test_a_change_has_a_sign_and_a_unit(plain, change, words):
    ask = f"select {signed('x')} from (select {change} as x) as t"  # noqa: S608
    frame = plain.source.ask(ask, NO_DAYS)
    assert frame.fields[0].values == [words]


def test_before_any_data_nothing_is_an_error_and_nothing_is_judged(copied):
    warehouse = copied("dashboards_empty")
    asked = warehouse.days(42)
    warehouse.change("truncate analytics.daily_client_metrics, analytics.flow_metrics")
    # Flows are known to be live before it is known what they sent.
    assert warehouse.numbers("flows", "Silent live flows", asked, ALL)["flows"] == [None]
    warehouse.change(EMPTY)
    judged = {
        name: frame.fields[0].values
        for name, panel, frame in _answers(warehouse, asked, ALL)
        if panel["type"] == "stat" and frame.fields
        and len(panel["fieldConfig"]["defaults"]["thresholds"]["steps"]) > 1
    }  # fmt: skip
    assert [name for name, values in judged.items() if values != [None]] == []


def test_what_needs_attention_is_counted_where_nothing_alerted(copied):
    """No alert is no good news beside a client in bad health."""
    warehouse = copied("dashboards_attention")
    asked = warehouse.days(42)
    warehouse.change(
        "delete from analytics.metric_anomalies;"
        "update analytics.client_health set score = 60 where client = 'nord'"
    )
    rows = warehouse.numbers("portfolio", "Needs attention", asked, ALL)["Finding"]
    counted = warehouse.numbers("portfolio", "Items needing attention", asked, ALL)
    assert counted["rows"] == [len(rows)]
    assert "email health 60" in rows
    ill = warehouse.numbers("portfolio", "Health under 75", asked, ALL)["clients"]
    assert ill == [sum(what.startswith("email health") for what in rows)]


def test_no_change_is_claimed_where_the_period_before_is_not_all_there(warehouse):
    shown = warehouse.numbers("executive-overview", HEADLINES[0], warehouse.days(90), ["nord"])
    assert shown["this period"][0] > 0
    assert shown["vs before"] == ["n/a"]


@pytest.mark.parametrize("clients", [ALL, ["nord"]])
def test_flows_by_week_add_up_to_their_headline(plain, clients):
    asked = plain.days(42)
    (headline,) = plain.numbers("flows", "Flow revenue, ${currency}", asked, clients)["this period"]
    weekly = plain.numbers("flows", "Flow revenue by week, ${currency}", asked, clients)
    series = [value or 0 for name, values in weekly.items() if name != "Time" for value in values]
    assert sum(series) == pytest.approx(headline)


def test_one_currency_alone_is_never_mixed_with_another(warehouse):
    asked = warehouse.days(42)
    krone = {"currency": Variable("DKK")}
    everybody = warehouse.numbers("executive-overview", HEADLINES[0], asked, ALL, **krone)
    nord = warehouse.numbers("executive-overview", HEADLINES[0], asked, ["nord"])
    assert everybody["this period"] == nord["this period"]
