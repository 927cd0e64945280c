"""Every query of every dashboard, for all that a viewer can choose and an attacker can write."""

from dataclasses import replace
from datetime import datetime, timezone

import psycopg
import pytest

from grafana import queries
from grafana.checks.choices import ALL, chosen
from grafana.checks.dashboards import drawn
from grafana.checks.frames import is_empty, misfits
from grafana.queries.__main__ import runnable
from grafana.semantics import TimeRange, Variable, interpolate
from grafana.semantics.source import Source
from tests.dashboards.conftest import DASHBOARDS, OF_TROUBLE, OF_TWO_RUNS, QUOTED

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


@pytest.mark.parametrize("picked", PICKED)
def test_events_of_the_calendar_are_marked_on_every_dashboard(warehouse, picked):
    asked = warehouse.days(110)
    for dashboard in DASHBOARDS.values():
        variables = chosen(dashboard, warehouse.source, asked, PICKED[picked])
        (calendar,) = dashboard["annotations"]["list"]
        sql = interpolate(calendar["target"]["rawSql"], variables)
        frame = warehouse.source.ask(sql, asked)
        named = [] if picked == "unknown" else ["time", "timeEnd", "text"]
        assert [field.name for field in frame.fields] == named


def test_every_panel_has_something_to_draw(warehouse):
    asked = TimeRange(warehouse.days(42).start, datetime.now(timezone.utc))
    empty = [name for name, _, frame in _answers(warehouse, asked, ALL) if is_empty(frame)]
    assert empty == OF_TWO_RUNS + OF_TROUBLE


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


def test_before_any_data_nothing_is_an_error_and_nothing_is_judged(copied):
    warehouse = copied("dashboards_empty")
    asked = warehouse.days(42)
    warehouse.change("truncate analytics.daily_client_metrics, analytics.flow_metrics")
    warehouse.change(EMPTY)
    judged = {
        name: frame.fields[0].values
        for name, panel, frame in _answers(warehouse, asked, ALL)
        if panel["type"] == "stat" and frame.fields
        and len(panel["fieldConfig"]["defaults"]["thresholds"]["steps"]) > 1
    }  # fmt: skip
    assert [name for name, values in judged.items() if values != [None]] == []


def test_what_needs_attention_is_counted_where_nothing_alerted(copied):
    """No alert is no good news next to a client in bad health."""
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


def _run(warehouse, sql):
    """What psql would show: the names and rows of the last statement."""
    with psycopg.connect(warehouse.source.dsn) as connection:
        cursor = connection.execute(sql)
        while cursor.nextset():
            pass
        return [column.name for column in cursor.description], cursor.fetchall()


def test_a_printed_query_has_the_panels_numbers(plain):
    asked = plain.days(42)
    sql = runnable(queries.read("client/store_revenue"), {"client": "nord"}, asked)
    names, rows = _run(plain, sql)
    shown = plain.numbers("client", "Store revenue, ${currency}", asked, ["nord"])
    assert names == list(shown)
    assert [float(rows[0][0]), rows[0][1]] == [values[0] for values in shown.values()]


@pytest.mark.parametrize("values", [{}, {"client": QUOTED, "currency": "DKK", "kpi": "open_rate"}])
def test_every_query_runs_as_it_is_printed(plain, values):
    names = [
        _run(plain, runnable(path.read_text(), values, plain.days(42)))[0]
        for path in queries.FOLDER.rglob("*.sql")
    ]
    assert names
    assert all(names)
