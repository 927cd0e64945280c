"""Another source next to the Klaviyo numbers, by the example of docs/extending.md."""

import re
import shlex

import pytest

from demo.pipeline import ROOT
from tests.builds import copy_of_database

RAW = """
    create schema tap_ga4;
    create table tap_ga4.sessions as
    select 100001 as property_id, date_day as date, channel_group,
        orders * 10 as sessions, orders * 5 as engaged_sessions
    from analytics.daily_client_metrics
    cross join (values ('Email'), ('Direct')) as groups (channel_group)
    where client = 'acme';
"""


DOCUMENT = (ROOT / "docs/extending.md").read_text()


@pytest.fixture(scope="module")
def before(loaded, server):
    """A copy of the loaded database, without visits."""
    return copy_of_database(server, loaded.project.database, "extended")


@pytest.fixture(scope="module")
def as_written(before, loaded):
    """The document's command, as it is but for the models that do not concern it."""
    (command,) = re.findall(r"\.venv/bin/meltano (invoke dbt build .*)", DOCUMENT)
    selected = ("--select", "path:models/extensions", "path:seeds/extensions")
    loaded.project.succeed(*shlex.split(command), *selected, **before.env)
    return before.rows("select * from analytics.daily_site_metrics")


@pytest.fixture(scope="module")
def extended(as_written, before, dbt):
    """Visits of one brand are there, and the example is built again."""
    assert as_written == []  # the first build came before the visits
    database = before
    database.execute(RAW)
    selected = ("--select", "path:models/extensions", "path:seeds/extensions")
    dbt(database, "build", *selected, "--vars", "{extensions: [ga4]}")
    return database


def test_the_command_of_the_document_runs_before_anything_is_loaded(as_written):
    assert as_written == []


def test_another_source_joins_by_client_and_day(extended):
    rows = extended.rows("select * from analytics.daily_site_metrics")

    assert {row["client"] for row in rows} == {"acme"}
    assert len(rows) > 100
    assert all(row["sessions"] == 20 * row["orders"] for row in rows)
    assert all(row["message_sessions"] == 10 * row["orders"] for row in rows)


def test_the_dashboard_query_of_the_document_answers(extended):
    query = re.search(r"```sql\n(.+?)```", DOCUMENT, re.DOTALL)
    assert query
    (row,) = extended.rows(query[1].replace("daily_site", "analytics.daily_site"))
    assert row["client"] == "acme"
    assert float(row["orders_per_session"]) == pytest.approx(0.05)


def test_without_the_switch_nothing_of_it_is_built(loaded):
    tables = "select count(*) from pg_tables where tablename = 'daily_site_metrics'"
    assert loaded.project.database.value(tables) == 0
