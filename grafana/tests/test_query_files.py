"""The queries of the panels: what they repeat is written alike, and each file is of use."""

import re

import pytest

from grafana import queries
from grafana.authoring.files import built
from grafana.checks.project import unused_queries
from grafana.queries.__main__ import last_days, main, runnable

FILES = {
    path.relative_to(queries.FOLDER).as_posix(): " ".join(path.read_text().split())
    for path in sorted(queries.FOLDER.rglob("*.sql"))
}
HEADLINES = {name: sql for name, sql in FILES.items() if '"vs before"' in sql}
CONVERTED = {name: sql for name, sql in FILES.items() if ") as converted" in sql}
SIGNED = re.compile(
    r"case when round\(100 \* (.+?), (\d)\) = 0 then '(\S+)%'"
    r" when (.+?) >= 9\.995 then 'over \+999%'"
    r" else to_char\(100 \* (.+?), 'FMSG999,99(\S+)'\) \|\| '%' end"
)


def _parts(sql, *patterns):
    return [re.search(pattern, sql)[0] for pattern in patterns]


def test_headlines_compare_with_the_period_before_in_one_way():
    parts = [
        _parts(
            sql, r"^with asked as \(.*?\), daily", r"covered as \(.*?\) select", r"from periods.*$"
        )
        for sql in HEADLINES.values()
    ]
    assert len(parts) == 12
    assert all(one == parts[0] for one in parts)


def test_amounts_are_converted_in_one_way():
    lateral = {_parts(sql, r"cross join lateral .*? as converted")[0] for sql in CONVERTED.values()}
    assert len(lateral) == 1


@pytest.mark.parametrize("name", [name for name, sql in FILES.items() if "over +999%" in sql])
def test_a_change_is_written_in_one_way(name):
    ((value, decimals, zero, capped, shown, form),) = SIGNED.findall(FILES[name])
    assert value == capped == shown
    assert zero == form == f"{0:.{decimals}f}"


def test_a_query_that_no_panel_uses_is_complained_of():
    dashboards = list(built().values())
    assert list(unused_queries(dashboards)) == []
    without = [d for d in dashboards if d["uid"] != "flows"]
    unused = list(unused_queries(without))
    assert "queries/flows/flows_to_watch.sql is used by no panel or filter" in unused


def test_nothing_of_grafana_is_left_in_what_is_printed():
    printed = {
        name: runnable(queries.read(name.removesuffix(".sql")), {}, last_days(42)) for name in FILES
    }
    assert [name for name, sql in printed.items() if "$" in sql or "{" in sql] == []


def test_the_values_given_are_printed_in_quotes(capsys):
    main([str(queries.FOLDER / "client/store_revenue.sql"), "client=acme,O'Brien", "days=7"])
    assert "client in ('acme','O''Brien')" in capsys.readouterr().out


def test_a_value_without_a_name_is_answered_with_the_usage():
    with pytest.raises(SystemExit, match="client=acme"):
        main([str(queries.FOLDER / "client/store_revenue.sql"), "acme"])
