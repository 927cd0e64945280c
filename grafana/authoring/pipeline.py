"""Pipeline: is the data complete, fresh and right."""

from __future__ import annotations

from grafana.authoring import looks
from grafana.authoring.coverage import unfound
from grafana.authoring.dashboard import CLIENTS, Json, dashboard
from grafana.authoring.panels import DAY, columns, row, stat, table
from grafana.authoring.sql import CHOSEN, IN_RANGE, LATE
from grafana.authoring.trust import trust

UID = "pipeline"
_RUNS = f"{CHOSEN} and $__timeFilter(started_at)"
_UTC = "By the time the run began, UTC."
_STATUS = looks.states(
    ok="green", partial="orange", skipped="orange", deferred="orange", failed="red"
)


def build() -> Json:
    """The dashboard."""
    return dashboard(
        UID,
        "Pipeline",
        "Runs, failures, freshness, and whether the numbers agree with Klaviyo.",
        [*_now(), row("Freshness and failures"), _freshness(), _failures(), row("Runs"), *_runs(),
         row("Trust"), *trust(), row("What the numbers are found by"), unfound()],
        [CLIENTS],
        days=14,
        until="now",
    )  # fmt: skip


_LAST_RUN = f"""
select sum(requests) as "value" from pipeline_runs
where {CHOSEN} and run_id = (select max(run_id) from pipeline_runs where {CHOSEN})
"""


_OPEN_DAYS = f"""
select case when count(*) > 0 then
    count(distinct (client, date_day)) filter (where status = 'out_of_tolerance') end as "days"
from reconciliation where {IN_RANGE}
"""


def _now() -> list[Json]:
    def sql(value: str) -> str:
        return f'select {value} as "value" from data_freshness where {CHOSEN}'

    late = f"case when count(*) > 0 then count(*) filter (where {LATE}) end"

    return [
        stat("Hours since the last good run", sql("max(hours_since_success)"), "none",
             "Of the client and stream that is furthest behind, as of now.", w=6, decimals=1,
             thresholds=looks.steps("green", (26, "orange"), (50, "red"))),
        stat("Streams late or failing", sql(late), looks.COUNT,
             "Client and stream pairs, as of now. Streams that Klaviyo gives only in part, or not "
             "to this key, are in the table below and not counted.", w=6,
             thresholds=looks.ANY_IS_BAD),
        stat("Client days out of tolerance", _OPEN_DAYS, looks.COUNT,
             "Settled days of the time range on which two ways to count disagree by more than is "
             "allowed.", w=6, thresholds=looks.ANY_IS_BAD),
        stat("Requests of the last run", _LAST_RUN, looks.COUNT,
             "Requests sent to Klaviyo by the newest run, for the clients chosen.", w=6),
    ]  # fmt: skip


def _freshness() -> Json:
    sql = f"""
select client as "Client", stream as "Stream",
    case when status = 'failing' and last_status = 'deferred' then last_status else status end
        as "State",
    hours_since_success as "Hours", allowed_hours as "Allowed",
    data_until as "Data until", failed_runs as "Failed", error as "What to do"
from data_freshness
where {CHOSEN}
order by status = 'fresh', hours_since_success desc nulls first, client, stream
"""
    columns = {
        "Client": looks.words(100),
        "Stream": looks.words(170),
        "State": {
            **looks.states(
                fresh="green", late="orange", deferred="orange", failing="red", never="orange"
            ),
            "custom__width": 80,
        },
        "Hours": {"unit": "none", "decimals": 1, "custom__width": 75},
        "Allowed": looks.number(75),
        "Data until": looks.moment(140),
        "Failed": looks.number(65),
        "What to do": looks.SENTENCES,
    }
    return table("Freshness by client and stream", sql,
                 "As of now, worst first, whatever the time range. Hours since the last good read, "
                 "hours that are allowed, failed runs in a row. Deferred: Klaviyo's quota was used "
                 "up, and the next run goes on from there. Times are UTC.",
                 columns, w=24, h=9)  # fmt: skip


def _failures() -> Json:
    sql = f"""
select started_at as "Started", client as "Client", stream as "Stream", status as "State",
    error as "What to do"
from pipeline_runs
where {_RUNS} and status <> 'ok'
order by started_at desc
limit 100
"""
    columns = {
        "Started": looks.moment(),
        "Client": looks.words(90),
        "Stream": looks.words(170),
        "State": _STATUS,
        "What to do": looks.SENTENCES,
    }
    return table("Runs that were not good", sql,
                 "Failed, deferred (the quota was used up, the next run goes on from there), "
                 f"partial or skipped, with what the tap says to do. {_UTC}",
                 columns, w=24, h=6, empty="No such run in this time range")  # fmt: skip


def _runs() -> list[Json]:
    def series(value: str, name: str) -> str:
        return f"""
with runs as (
    select date_trunc('day', started_at) as day, client, {value} from pipeline_runs where {_RUNS})
select day as "time", client as metric, sum({value}) as {name}
from (select distinct client from runs) as clients
cross join generate_series(
    (select min(day) from runs), $__timeTo()::timestamptz, interval '1 day') as day
left join runs using (client, day)
group by day, client order by day, client
"""

    return [
        columns("Records read by day", series("records", "records"), looks.COUNT,
                f"Records of all streams; a day without a column had no run. {_UTC}",
                w=8, h=8, label=DAY),
        columns("Requests by day", series("requests", "requests"), looks.COUNT,
                f"Requests to Klaviyo, retries included. {_UTC}", w=8, h=8, label=DAY),
        columns("Waiting for Klaviyo's limits", series("throttled_seconds", "seconds"), "s",
                f"Seconds, added up over streams that run side by side. {_UTC}", w=8, h=8,
                label=DAY),
    ]  # fmt: skip
