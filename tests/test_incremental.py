"""A daily run builds only what changed, and ends with what a full refresh would."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.builds import contents
from tests.later_runs import BEFORE_THERE_WERE_LISTS, DAY, Loader

# One run of each sequence comes no further than to one of these, as if it had been broken off.
BROKEN_OFF_AT = [
    "int_metric_day_reads",
    "int_window_changes",
    "int_kpi_days",
    "int_person_days",
]
SOMEBODY_NEW = """
    insert into tap_klaviyo.events (
        account_id, id, datetime, metric_id, profile_id, _sdc_extracted_at, _sdc_batched_at
    )
    select account_id, 'late', %(noon)s, metric_id, 'somebody new', x.at, x.at
    from analytics.metrics
    cross join (select max(_sdc_batched_at) + interval '1 day' as at from tap_klaviyo.events) as x
    where client = 'acme' and role = 'revenue'
"""

# The run that made lists, of one client and a day later, from some hour of a day on.
READ_FROM_NOON = """
    insert into tap_klaviyo.sync_log (
        run_id, account_id, stream, client, status, started_at, window_start, window_end,
        _sdc_batched_at
    )
    select run_id || ' later', account_id, stream, client, 'ok', started_at + interval '1 day',
        %(noon)s, window_end, _sdc_batched_at + interval '1 day'
    from tap_klaviyo.sync_log where client = 'acme' and stream in ('events', 'event_reads')
    and run_id in (select run_id from tap_klaviyo.sync_log where stream = 'event_reads')
"""


@pytest.fixture
def copy(loaded, server):
    """A copy of the loaded database, which may be changed."""
    name = "incremental"
    server.execute(f'drop database if exists "{name}"')
    template = loaded.project.database.env["PGDATABASE"]
    server.execute(f'create database "{name}" template "{template}"')
    return type(server)({**server.env, "PGDATABASE": name})


def _check(copy: Any, dbt: Callable[..., str], seed: int, runs: int) -> None:
    if seed % 2:
        copy.execute(BEFORE_THERE_WERE_LISTS)
    loader = Loader(copy, seed)
    for run in range(runs):
        loader.run()
        if run == seed % (runs - 1):
            dbt(copy, "run", "--select", "+" + BROKEN_OFF_AT[seed % len(BROKEN_OFF_AT)])
        else:
            dbt(copy, "run")
    incremental = contents(copy)
    dbt(copy, "run", "--full-refresh")
    whole = contents(copy)

    assert incremental.keys() == whole.keys()
    assert not [name for name in whole if incremental[name] != whole[name]]


def test_a_few_daily_runs_end_with_what_a_full_refresh_would(copy, dbt):
    before = contents(copy)
    _check(copy, dbt, seed=1, runs=3)
    changed = {name for name, digest in contents(copy).items() if digest != before[name]}
    assert {"rolling_client_metrics", "campaign_metrics", "reconciliation"} <= changed


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 52))
def test_any_daily_runs_end_with_what_a_full_refresh_would(copy, dbt, seed):
    _check(copy, dbt, seed=seed, runs=4)


def test_a_run_without_anything_new_builds_nothing_anew(copy, dbt):
    versions = "select ctid::text, xmin::text from {}.{} order by 1, 2"
    kept_rows = [
        sql.SQL(versions).format(sql.Identifier(schema), sql.Identifier(table))
        for schema, table in [
            ("analytics_intermediate", "int_metric_aggregates"),
            ("analytics_intermediate", "int_person_days"),
            ("analytics_intermediate", "int_kpi_scores"),
            ("analytics", "rolling_client_metrics"),
        ]
    ]
    before = [copy.rows(query) for query in kept_rows]
    assert all(before)
    dbt(copy, "run")
    assert [copy.rows(query) for query in kept_rows] == before


def test_a_listed_day_that_is_read_again_in_part_is_not_rebuilt(copy, dbt):
    reads = """
        select date_day, reads.read_at
        from analytics_intermediate.int_event_day_reads as reads
        inner join analytics_intermediate.int_event_day_lists as lists using (account_id, date_day)
        inner join analytics.clients using (account_id)
        where client = 'acme' order by date_day
    """
    before = copy.rows(reads)
    assert len(before) > 2
    noon = f"{before[1]['date_day']} 12:00"
    with psycopg.connect(copy.dsn) as connection:
        assert connection.execute(READ_FROM_NOON, {"noon": noon}).rowcount == 2
    dbt(copy, "run", "--select", "int_event_day_reads")
    assert copy.rows(reads) == before


def test_a_late_role_counts_with_all_the_history(copy, dbt):
    everything = ("run", "--select", "int_event_day_reads+", "int_metrics+")
    name = "update tap_klaviyo.metrics set name = '{}' where name = '{}'"
    dbt(copy, *everything)
    before = contents(copy)

    copy.execute(name.format("Clicked Something", "Clicked Email"))
    dbt(copy, *everything)
    without = contents(copy)
    copy.execute(name.format("Clicked Email", "Clicked Something"))
    dbt(copy, *everything)

    rebuilt = (
        "int_message_people",
        "int_delivery_answers",
        "rolling_client_metrics",
    )
    assert not [table for table in rebuilt if without[table] == before[table]]
    after = contents(copy)
    assert not [table for table in before if after[table] != before[table]]


def test_old_days_keep_the_currency_they_were_in_whatever_is_built_anew(copy, dbt):
    old = """
        select date_day, currency, revenue, attributed_revenue from analytics.daily_client_metrics
        where client = 'acme' and date_day < (select last_day from analytics.clients
            where client = 'acme') order by date_day
    """
    before = copy.rows(old)
    assert sum(row["revenue"] for row in before) > 0
    copy.execute("""
        update tap_klaviyo.accounts set preferred_currency = 'XTS' where client = 'acme'
    """)
    dbt(copy, "run")
    assert copy.rows(old) == before
    dbt(copy, "run", "--full-refresh")
    assert copy.rows(old) == before
    (row,) = copy.rows("""
        select currency, revenue, days_known, money_reason from analytics.rolling_client_metrics
        where client = 'acme' and channel = 'all' and window_days = 28
        order by date_day desc limit 1
    """)
    assert (row["currency"], row["revenue"], row["days_known"]) == ("XTS", None, 27)
    assert "currency" in row["money_reason"]


def test_a_late_order_of_somebody_new_is_a_buyer_more_in_the_windows_that_hold_its_day(copy, dbt):
    def buyers():
        rows = copy.rows("""
            select window_days, date_day, unique_buyers from analytics.rolling_client_metrics
            where client = 'acme' and channel = 'all' and unique_buyers is not null
        """)
        return {(row["window_days"], row["date_day"]): row["unique_buyers"] for row in rows}

    before = buyers()
    day = copy.value("select last_settled_day - 20 from analytics.clients where client = 'acme'")
    with psycopg.connect(copy.dsn) as connection:
        connection.execute(SOMEBODY_NEW, {"noon": f"{day} 12:00"})
    dbt(copy, "run", "--select", "int_event_day_reads+")
    assert buyers() == {
        (window_days, last_day): people + (day <= last_day < day + window_days * DAY)
        for (window_days, last_day), people in before.items()
    }


def test_aggregates_of_days_whose_events_came_before_them_find_their_people(copy, dbt):
    before = contents(copy)
    copy.execute("""
        create table public.deferred as
        select aggregates.* from tap_klaviyo.metric_aggregates as aggregates
        inner join analytics.clients using (account_id)
        where client = 'acme' and date < last_settled_day - 20;
        delete from tap_klaviyo.metric_aggregates as aggregates using public.deferred
        where aggregates.account_id = deferred.account_id and aggregates.date = deferred.date;
    """)
    dbt(copy, "run", "--full-refresh")
    copy.execute("""
        insert into tap_klaviyo.metric_aggregates select * from public.deferred;
        update tap_klaviyo.metric_aggregates as aggregates
        set _sdc_batched_at = aggregates._sdc_batched_at + interval '1 day' from public.deferred
        where aggregates.account_id = deferred.account_id and aggregates.date = deferred.date;
    """)
    dbt(copy, "run")
    assert contents(copy)["rolling_client_metrics"] == before["rolling_client_metrics"]


def test_windows_lose_their_people_when_it_turns_out_that_events_are_missing(copy, dbt):
    people = """
        select client, count(unique_recipients) > 0 as has_people
        from analytics.rolling_client_metrics group by client order by client
    """
    copy.execute("""
        update tap_klaviyo.sync_log set status = 'failed'
        where stream = 'events' and client = 'nord'
    """)
    dbt(copy, "run", "--select", "int_event_days_completeness+")
    assert {row["client"]: row["has_people"] for row in copy.rows(people)} == {
        "acme": True,
        "koala": True,
        "nord": False,
    }
