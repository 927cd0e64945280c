"""Pipeline: is the data complete, fresh and right."""

from __future__ import annotations

from grafana.authoring import looks
from grafana.authoring.coverage import unfound
from grafana.authoring.dashboard import CLIENTS, Json, dashboard
from grafana.authoring.panels import lines, row, stat, table
from grafana.authoring.sql import CHOSEN, IN_RANGE, LATE

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
         row("Trust"), _reconciliation(), _restated(), _differences(), _restatements(),
         row("What the numbers are found by"), unfound()],
        [CLIENTS],
        days=14,
        until="now",
    )  # fmt: skip


_LAST_RUN = f"""
select sum(requests) as "value" from pipeline_runs
where {CHOSEN} and run_id = (select max(run_id) from pipeline_runs where {CHOSEN})
"""


_OPEN_DAYS = f"""
select count(distinct (client, date_day)) as "days" from reconciliation
where {IN_RANGE} and status = 'out_of_tolerance'
"""


def _now() -> list[Json]:
    def sql(value: str, condition: str = "true") -> str:
        return f'select {value} as "value" from data_freshness where {CHOSEN} and {condition}'

    return [
        stat("Hours since the last good run", sql("max(hours_since_success)"), "h",
             "Of the client and stream that is furthest behind, as of now.", w=6, decimals=1,
             thresholds=looks.steps("green", (26, "orange"), (50, "red"))),
        stat("Streams late or failing", sql("count(*)", LATE), looks.COUNT,
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
        "Stream": looks.words(165),
        "State": {
            **looks.states(
                fresh="green", late="orange", deferred="orange", failing="red", never="orange"
            ),
            "custom__width": 75,
        },
        "Hours": looks.number(75, decimals=1),
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
        "Stream": looks.words(165),
        "State": _STATUS,
        "What to do": looks.SENTENCES,
    }
    return table("Runs that were not good", sql,
                 "Failed, deferred (the quota was used up, the next run goes on from there), "
                 f"partial or skipped, with what the tap says to do. {_UTC}",
                 columns, w=24, h=6, empty="Every run was good")  # fmt: skip


def _runs() -> list[Json]:
    def series(value: str, name: str) -> str:
        return f"""
select date_trunc('day', started_at) as "time", client as metric, sum({value}) as {name}
from pipeline_runs
where {_RUNS}
group by 1, client order by 1, client
"""

    return [
        lines("Records read by day", series("records", "records"), looks.COUNT,
              f"Records of all streams. {_UTC}", w=8, h=8, stacked_bars=True),
        lines("Requests by day", series("requests", "requests"), looks.COUNT,
              f"Requests to Klaviyo, retries included. {_UTC}", w=8, h=8, stacked_bars=True),
        lines("Waiting for Klaviyo's limits", series("throttled_seconds", "seconds"), "s",
              f"Seconds, added up over streams that run side by side. {_UTC}", w=8, h=8,
              stacked_bars=True),
    ]  # fmt: skip


_AGREEMENT = f"""
select client as "Client", replace(comparison, '_', ' ') as "Compared",
    count(*) filter (where status = 'ok') as "Equal",
    count(*) filter (where status in ('within_tolerance', 'adds_up')) as "Within tolerance",
    count(*) filter (where status = 'out_of_tolerance') as "Out of tolerance",
    count(*) filter (where status in ('unsettled', 'explained')) as "Not judged",
    max(abs(relative_difference)) filter (where is_settled) as "Largest"
from reconciliation
where {IN_RANGE}
group by client, comparison
order by 5 desc, client, comparison
"""


def _reconciliation() -> Json:
    columns = {
        "Client": looks.words(100),
        "Equal": looks.number(80),
        "Within tolerance": looks.number(125),
        "Out of tolerance": looks.coloured(looks.number(125), looks.ANY_IS_BAD),
        "Not judged": looks.number(95),
        "Largest": looks.rate(2),
    }
    return table("Do the ways to count agree", _AGREEMENT,
                 "Numbers of days and measures. Events against Klaviyo's aggregates and channels "
                 "against the client are event-dated; send against event compares two date bases "
                 "and informs only. Not judged: the day may still change, or the two differ by "
                 "design. Largest is the largest relative difference on settled days.",
                 columns, w=14, h=8)  # fmt: skip


def _restated() -> Json:
    sql = f"""
select date_trunc('day', seen_at) as "time",
    count(*) filter (where kind = 'filling') as "Day was not over",
    count(*) filter (where kind = 'expected') as "Not settled yet",
    count(*) filter (where kind = 'unexpected') as "Was settled"
from restatements
where {CHOSEN} and $__timeFilter(seen_at)
group by 1 order by 1
"""
    return lines("Numbers that changed afterwards", sql, looks.COUNT,
                 "Numbers of a day that a later run read differently, by the day it was seen, UTC. "
                 "Only a settled day that changes is unusual.", w=10, h=8, stacked_bars=True,
                 noValue="No number has changed since it was first read",
                 series=("Day was not over", "Not settled yet", "Was settled"))  # fmt: skip


_DIFFERENCES = f"""
select date_day as "Day", client as "Client", replace(comparison, '_', ' ') as "Compared",
    replace(role, '_', ' ') as "Number", measure as "Measure", reference_value as "Klaviyo",
    compared_value as "Counted", relative_difference as "Difference", tolerance as "Allowed",
    status as "State", reason as "Why"
from reconciliation
where {IN_RANGE} and comparison <> 'send_against_event'
order by status = 'out_of_tolerance' desc, status = 'adds_up' desc,
    coalesce(abs(relative_difference), (difference <> 0)::int) desc,
    comparison = 'events_against_aggregates' desc, date_day desc, abs(reference_value) desc
limit 100
"""


def _differences() -> Json:
    columns = {
        "Day": looks.day(),
        "Client": looks.words(90),
        "Compared": looks.words(210),
        "Number": looks.words(170),
        "Measure": looks.words(80),
        "Klaviyo": looks.EXACT,
        "Counted": looks.EXACT,
        "Difference": looks.rate(),
        "Allowed": looks.rate(),
        "State": {
            **looks.states(ok="green", within_tolerance="green", adds_up="orange",
                           unsettled="blue", explained="text", out_of_tolerance="red"),
            "custom__width": 130,
        },
    }  # fmt: skip
    return table("Largest differences", _DIFFERENCES,
                 "What two ways to count disagree on, worst first, and how much is allowed. ok "
                 "means equal, unsettled that the day may still change. Event-dated, by the "
                 "account's local day.", columns, w=24, h=8)  # fmt: skip


def _restatements() -> Json:
    sql = f"""
select seen_at as "Seen", client as "Client", date_day as "Day", days_later as "Days later",
    replace(metric, '_', ' ') as "Number", old_value as "Before", new_value as "After",
    relative_change as "Change", kind as "Kind"
from restatements
where {CHOSEN} and $__timeFilter(seen_at) and kind <> 'filling'
order by kind = 'unexpected' desc, date_trunc('day', seen_at) desc, date_day desc, client, metric
limit 100
"""
    columns = {
        "Seen": looks.moment(),
        "Client": looks.words(90),
        "Day": looks.day(),
        "Days later": looks.number(90),
        "Before": looks.EXACT,
        "After": looks.EXACT,
        "Change": looks.rate(1),
        "Kind": looks.states(expected="blue", unexpected="red"),
    }
    return table("Restatements", sql,
                 "Numbers of days that were over when they were first read. Expected are those of "
                 "days that Klaviyo still changes; unexpected ones, of settled days, come first. "
                 "Days are the account's, times UTC.", columns, w=24, h=8,
                 empty="No number has changed since it was first read")  # fmt: skip
