"""Portfolio and anomalies: what needs attention today, over all clients."""

from __future__ import annotations

from grafana.authoring import looks
from grafana.authoring.dashboard import CLIENTS, Json, dashboard, link, query_variable
from grafana.authoring.panels import lines, row, stat, table
from grafana.authoring.sql import CHOSEN, IN_RANGE, LATE

UID = "portfolio"
_KPI = query_variable(
    "kpi",
    "Number",
    """
select replace(kpi, '_', ' ') as __text, kpi as __value
from portfolio_daily where unit = 'ratio'
group by kpi order by kpi = 'click_rate' desc, kpi
""",
    multi=False,
)
_LAST_DAYS = f"{CHOSEN} and date_day between $__timeTo()::date - 6 and $__timeTo()::date"
_SCORE = """Far from the same weekday of the weeks before, by a robust score; at most one alert per
client and day. Event-dated, local days."""


def build() -> Json:
    """The dashboard."""
    return dashboard(
        UID,
        "Portfolio and anomalies",
        "What needs attention today, ranked by what it is worth, and how clients compare.",
        [*_counts(), _attention(), _good(), row("How clients compare"), *_comparison()],
        [CLIENTS, _KPI],
        days=42,
    )


def _counts() -> list[Json]:
    alerts = f'select count(*) as "alerts" from metric_anomalies where {_LAST_DAYS} and is_alert'
    ill = f"""
with latest as (
    select distinct on (client) score from client_health
    where {CHOSEN} and date_day <= $__timeTo()::date order by client, date_day desc)
select count(*) as "clients" from latest where score < 50
"""
    late = f"""
select count(distinct client) as "clients" from data_freshness
where {CHOSEN} and {LATE}
"""
    everybody = f'select count(*) as "clients" from clients where {CHOSEN}'
    return [
        stat("Alerts of the last 7 days", alerts, looks.COUNT,
             f"Of the seven days to the end of the time range. {_SCORE}", w=6,
             thresholds=looks.ANY_IS_BAD),
        stat("Clients in poor health", ill, looks.COUNT,
             "E-mail health under 50 of 100, over 28 days to the end of the time range. "
             "Event-dated.", w=6, thresholds=looks.ANY_IS_BAD),
        stat("Clients with late data", late, looks.COUNT,
             "With a stream that is late, failing or was never read, as of now; see Pipeline.",
             w=6, thresholds=looks.ANY_IS_BAD),
        stat("Clients", everybody, looks.COUNT, "Clients chosen above, as of the last run.", w=6),
    ]  # fmt: skip


_FOUND = {
    "Day": looks.day(),
    "Client": {**looks.words(100), **link("Open this client", "client")},
    "What": looks.words(170),
    "Change": looks.rate(0),
    "At stake": looks.number(110),
    "Currency": looks.words(90),
    "In words": looks.SENTENCES,
}


_ATTENTION = f"""
with found as (
    select date_day, account_id, client, replace(kpi, '_', ' ') as what, value_at_stake, reason
    from metric_anomalies where {_LAST_DAYS} and not is_good
    union all
    select date_day, account_id, client, 'e-mail health ' || score, (
        select r.attributed_revenue from rolling_client_metrics as r where r.channel = 'all'
            and r.window_days = 28 and (r.account_id, r.date_day) = (h.account_id, h.date_day)),
        reason
    from client_health as h where {CHOSEN} and score < 75 and date_day = (
        select max(l.date_day) from client_health as l
        where l.account_id = h.account_id and l.date_day <= $__timeTo()::date)
    union all
    select current_date, account_id, client, 'data ' || status, null,
        string_agg(stream, ', ' order by stream)
    from data_freshness where {CHOSEN} and {LATE} group by account_id, client, status)
select f.date_day as "Day", f.client as "Client", f.what as "What", f.value_at_stake as "At stake",
    d.currency as "Currency", f.reason as "In words"
from found as f left join lateral (
    select currency, reporting_rate from daily_client_metrics as m
    where m.account_id = f.account_id and m.date_day <= f.date_day order by m.date_day desc limit 1
) as d on true
order by f.value_at_stake * d.reporting_rate desc nulls last, f.date_day desc limit 50
"""


def _attention() -> Json:
    columns = {name: look for name, look in _FOUND.items() if name != "Change"}
    return table("Needs attention", _ATTENTION,
                 "What is worth most first: numbers out of line in the seven days to the end of "
                 "the time range (at stake is what is missing), clients whose e-mail health is "
                 "under 75 (at stake is what messages earned in 28 days) and late data, now. "
                 "Event-dated. Money is the client's own, ranked at the day's rate if any.",
                 columns, w=24, h=8, empty="Nothing needs attention")  # fmt: skip


def _good() -> Json:
    sql = f"""
select date_day as "Day", client as "Client", replace(kpi, '_', ' ') as "What",
    relative_change as "Change", reason as "In words"
from metric_anomalies
where {IN_RANGE} and is_good
order by date_day desc, abs(score) desc
limit 30
"""
    columns = {k: v for k, v in _FOUND.items() if k not in ("At stake", "Currency")}
    return table("Went well", sql, f"Good news of the whole time range, newest first. {_SCORE}",
                 columns, w=24, h=7, empty="Nothing was unusually good")  # fmt: skip


_SPREAD = """
select date_day::timestamp as "time", weighted_value as "All mail together",
    median_value as "Median client", lower_quartile as "Lower quartile",
    upper_quartile as "Upper quartile"
from portfolio_daily
where kpi = ${kpi:sqlstring} and $__timeFilter(date_day)
order by 1
"""


_LATEST = """
select replace(kpi, '_', ' ') as "Number", weighted_value as "All together",
    median_value as "Median client", lower_quartile as "Lower quartile",
    upper_quartile as "Upper quartile", best_client as "Best", worst_client as "Worst"
from portfolio_daily
where date_day = (select max(date_day) from portfolio_daily where date_day <= $__timeTo()::date)
    and unit = 'ratio'
order by kpi
"""


def _comparison() -> list[Json]:
    middle = looks.rate(2, custom__width=115)
    columns = {
        "Number": looks.words(150),
        **dict.fromkeys(("All together", "Median client", "Lower quartile", "Upper quartile"),
                        middle),
        "Best": {**looks.words(90), **link("Open this client", "client")},
        "Worst": {**looks.words(90), **link("Open this client", "client")},
    }  # fmt: skip
    return [
        lines("Portfolio: ${kpi:text}", _SPREAD, looks.RATE,
              "All clients, whatever is chosen above: 28 days to each point, sum over sum, with "
              "the median client and the quartiles. Large clients rule the first line.",
              w=11, h=10, from_zero=False,
              series=("All mail together", "Median client", "Lower quartile", "Upper quartile")),
        table("Portfolio at the end of the time range", _LATEST,
              "All clients, 28 days, rates only: money of several currencies is not compared "
              "here. Best and worst follow the sense of the number.", columns, w=13, h=10),
    ]  # fmt: skip
