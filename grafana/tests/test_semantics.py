"""Facts about Grafana, from the cases of its own tests of macros and variables."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import NamedTuple

import pytest

from grafana.semantics import (
    MacroError,
    NoTimeColumn,
    TimeRange,
    Unsorted,
    Variable,
    VariableError,
    expand,
    interpolate,
    to_frame,
)

START = datetime(2018, 4, 12, 18, 0, tzinfo=timezone.utc)
ASKED = TimeRange(START, START + timedelta(minutes=5))


class Column(NamedTuple):
    name: str
    type_code: int


TEXT, NUMERIC, DATE, FLOAT = 25, 1700, 1082, 701


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select $__time(c)", 'select c AS "time"'),
        ("$__timeFilter(c)", "c BETWEEN '2018-04-12T18:00:00Z' AND '2018-04-12T18:05:00Z'"),
        (
            "select $__timeFrom(), $__timeTo()",
            "select '2018-04-12T18:00:00Z', '2018-04-12T18:05:00Z'",
        ),
        ("$__timeGroup(c,'5m'), v", 'floor(extract(epoch from c)/300)*300 AS "time", v'),
        ("$__timeGroup(c,'5m') as time", "floor(extract(epoch from c)/300)*300 as time"),
        ("$__timeGroupAlias(c , '5m')", 'floor(extract(epoch from c)/300)*300 AS "time"'),
        ("$__unixEpochFilter(c)", "c >= 1523556000 AND c <= 1523556300"),
        ("$__unixEpochGroupAlias(a+b,'5m')", 'floor((a+b)/300)*300 AS "time"'),
        ("SELECT $__interval, $__interval_ms", "SELECT 10m, 600000"),
        ("select 1 -- $__nope(x)\n", "select 1 \n"),
        ("select 'it''s -- not one'", "select 'it''s -- not one'"),
    ],
)
def test_macros_become_what_grafana_makes_of_them(sql, expected):
    assert expand(sql, ASKED, 600_000) == expected


def test_the_first_bracket_ends_a_macro():
    sql = expand("$__timeFilter(date_trunc('day', t))", ASKED)
    assert sql.startswith("date_trunc('day' BETWEEN '2018")


@pytest.mark.parametrize("sql", ["$__nope(a)", "$__timeGroup(c)", "$__timeGroup(c,'fortnight')"])
def test_a_macro_that_grafana_refuses_is_refused(sql):
    with pytest.raises(MacroError):
        expand(sql, ASKED)


def test_half_a_second_stays():
    half = TimeRange(START + timedelta(milliseconds=500), ASKED.end)
    assert expand("$__timeFrom()", half) == "'2018-04-12T18:00:00.5Z'"


@pytest.mark.parametrize(
    ("text", "variable", "expected"),
    [
        ("= '$x'", Variable("O'Brien"), "= 'O''Brien'"),
        ("= ${x:sqlstring}", Variable("O'Brien"), "= 'O''Brien'"),
        ("in ($x)", Variable(["a", "O'B"], multi=True), "in ('a','O''B')"),
        ("in (${x:sqlstring})", Variable(["a", "O'B"], multi=True), "in ('a','O''B')"),
        ("in (${x:singlequote})", Variable(["O'B"], multi=True), "in ('O\\'B')"),
        ("= $x", Variable("one", multi=True), "= 'one'"),
        ("in (${x:csv})", Variable(["a", "b"], multi=True), "in (a,b)"),
        ("${x:queryparam}", Variable(["a", "O'B"], multi=True), "var-x=a&var-x=O%27B"),
        ("[[x]] $other", Variable("a"), "a $other"),
        ("${x:text}", Variable(["a", "b"], multi=True, text="All"), "All"),
    ],
)
def test_variables_are_written_as_grafana_writes_them(text, variable, expected):
    assert interpolate(text, {"x": variable}) == expected


def test_a_format_that_nobody_checked_is_refused():
    with pytest.raises(VariableError):
        interpolate("${x:glob}", {"x": Variable("a")})


def frame(columns, rows, wanted):
    return to_frame(columns, rows, wanted, ref="A", sql="")


def test_a_table_keeps_its_columns():
    (name, amount) = frame(
        [Column("client", TEXT), Column("amount", NUMERIC)], [("acme", Decimal("1.50"))], "table"
    ).fields
    assert (name.kind, name.values, amount.kind, amount.values) == (
        "string",
        ["acme"],
        "number",
        [1.5],
    )


def test_no_rows_are_no_fields():
    assert frame([Column("client", TEXT)], [], "table").fields == []


def test_a_text_column_of_a_time_series_becomes_a_series_each():
    columns = [Column("time", DATE), Column("metric", TEXT), Column("value", FLOAT)]
    rows = [
        (date(2026, 1, 1), "a", 1.0),
        (date(2026, 1, 1), "b", 2.0),
        (date(2026, 1, 2), "b", 3.0),
    ]
    times, a, b = frame(columns, rows, "time_series").fields
    assert times.values == [1767225600000, 1767312000000]
    assert (a.name, a.values, b.name, b.values) == ("a", [1.0, None], "b", [2.0, 3.0])


def test_other_text_columns_are_labels():
    columns = [Column("time", DATE), Column("client", TEXT), Column("value", FLOAT)]
    _, value = frame(columns, [(date(2026, 1, 1), "a", 1.0)], "time_series").fields
    assert (value.name, value.labels) == ("value", {"client": "a"})


def test_a_time_series_needs_a_time_and_its_order():
    with pytest.raises(NoTimeColumn):
        frame([Column("day", DATE)], [(date(2026, 1, 1),)], "time_series")
    columns = [Column("time", DATE), Column("metric", TEXT), Column("value", FLOAT)]
    with pytest.raises(Unsorted):
        frame(columns, [(date(2026, 1, 2), "a", 1.0), (date(2026, 1, 1), "a", 1.0)], "time_series")


def test_numbers_in_a_column_time_are_seconds():
    (times, _) = frame(
        [Column("time", FLOAT), Column("v", FLOAT)], [(1523556000.0, 1.0)], "time_series"
    ).fields
    assert (times.kind, times.values) == ("time", [1523556000000.0])
