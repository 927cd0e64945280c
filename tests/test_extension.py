"""Another source beside the Klaviyo numbers, by the example of docs/extending.md."""

import re
from dataclasses import replace

import pytest

from demo.pipeline import ROOT

RAW = """
    create schema tap_ga4;
    create table tap_ga4.sessions as
    select 100001 as property_id, date_day as date, channel_group,
        orders * 10 as sessions, orders * 5 as engaged_sessions
    from analytics.daily_client_metrics
    cross join (values ('Email'), ('Direct')) as groups (channel_group)
    where client = 'acme';
"""


@pytest.fixture(scope="module")
def extended(loaded, server, dbt):
    """A copy of the loaded database with visits of one brand, and the example switched on."""
    template = loaded.project.database.env["PGDATABASE"]
    server.execute(f'create database "extended" template "{template}"')
    database = replace(server, env={**server.env, "PGDATABASE": "extended"})
    database.execute(RAW)
    selected = ("--select", "path:models/extensions", "path:seeds/extensions")
    dbt(database, "build", *selected, "--vars", "{extensions: [ga4]}")
    return database


def test_another_source_joins_by_client_and_day(extended):
    rows = extended.rows("select * from analytics.daily_site_metrics")

    assert {row["client"] for row in rows} == {"acme"}
    assert len(rows) > 100
    assert all(row["sessions"] == 20 * row["orders"] for row in rows)
    assert all(row["message_sessions"] == 10 * row["orders"] for row in rows)


def test_the_dashboard_query_of_the_document_answers(extended):
    query = re.search(r"```sql\n(.+?)```", (ROOT / "docs/extending.md").read_text(), re.DOTALL)
    assert query
    (row,) = extended.rows(query[1].replace("daily_site", "analytics.daily_site"))
    assert row["client"] == "acme"
    assert float(row["orders_per_session"]) == pytest.approx(0.05)


def test_without_the_switch_nothing_of_it_is_built(loaded):
    tables = "select count(*) from pg_tables where tablename = 'daily_site_metrics'"
    assert loaded.project.database.value(tables) == 0
