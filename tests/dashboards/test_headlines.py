"""The headline numbers: right by what the clients are known to have done, and rightly compared."""

from decimal import Decimal

import psycopg
import pytest

from grafana import queries
from grafana.checks.choices import ALL
from grafana.semantics import Variable
from tests.dashboards.conftest import whole_days

HEADLINES = (
    "Attributed revenue, ${currency}",
    "Share of store revenue",
    "Revenue per recipient, ${currency}",
    "Net email subscribers",
)
GROWTH = "(now.value::numeric / nullif(before.value, 0) - 1)"
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
    sql = queries.read("client/store_revenue")
    signed = sql[sql.rindex("case", 0, sql.index("round(")) : sql.rindex("end") + 3].replace(
        GROWTH, "x"
    )
    ask = f"select {signed} from (select {change} as x) as t"  # noqa: S608
    frame = plain.source.ask(ask, plain.days(1))
    assert frame.fields[0].values == [words]


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


@pytest.fixture(scope="module")
def a_year_ago(copied):
    """The loaded days, and the same days 364 days before with half of everything attributed."""
    warehouse = copied("dashboards_a_year_ago")
    warehouse.change("""
        create temp table before as select * from analytics.daily_client_metrics;
        update before set
            date_day = date_day - 364, attributed_revenue = attributed_revenue / 2,
            revenue = revenue * 2;
        insert into analytics.daily_client_metrics select * from before;
        update analytics.clients set first_day = first_day - 364;
        update analytics.rolling_client_metrics set
            year_ago_orders = orders * 2, year_ago_click_rate = click_rate - 0.01;
    """)
    return warehouse


@pytest.mark.parametrize("days", [7, 42])
def test_headlines_can_be_compared_with_364_days_before(a_year_ago, days):
    year, asked = {"compare": Variable("year")}, a_year_ago.days(days)
    for uid in ("executive-overview", "client"):
        shown = a_year_ago.numbers(uid, HEADLINES[0], asked, ["nord"], **year)
        assert shown["vs before"] == ["+100.0%"]
        usual = a_year_ago.numbers(uid, HEADLINES[0], asked, ["nord"])
        assert usual["this period"] == shown["this period"]
        assert usual["vs before"] != shown["vs before"]
    clients = a_year_ago.numbers("executive-overview", "Clients", asked, ["nord"], **year)
    assert clients["Change"] == ["+100.0%"]


def test_no_year_is_compared_with_days_of_itself(a_year_ago):
    year = {"compare": Variable("year")}
    shown = a_year_ago.numbers(
        "executive-overview", HEADLINES[0], a_year_ago.days(400), ["nord"], **year
    )
    assert shown["vs before"] == ["n/a"]


def test_a_year_without_data_is_compared_with_nothing(plain):
    year = {"compare": Variable("year")}
    shown = plain.numbers("executive-overview", HEADLINES[0], plain.days(28), ["nord"], **year)
    assert shown["this period"][0] > 0
    assert shown["vs before"] == ["n/a"]


def test_28_days_can_be_compared_with_364_days_before(a_year_ago):
    asked = a_year_ago.days(42)
    shown = {
        key: a_year_ago.numbers(
            "client", "28 days, compared", asked, ["nord"], compare=Variable(key)
        )
        for key in ("before", "year")
    }
    changes = {
        key: dict(zip(zip(one["Channel"], one["KPI"], strict=True), one["Change"], strict=True))
        for key, one in shown.items()
    }
    assert changes["year"]["all", "orders"] == "-50.0%"
    assert changes["year"]["email", "click rate"] == "+1.00 pts"
    assert changes["year"]["email", "delivered"] == "n/a"
    assert changes["before"]["all", "orders"] != "-50.0%"
    assert changes["before"]["email", "delivered"] != "n/a"
