"""Portfolio and anomalies: what needs attention today, over all clients."""

from __future__ import annotations

from grafana.authoring import looks
from grafana.authoring.dashboard import CLIENTS, Json, dashboard, link, query_variable
from grafana.authoring.panels import lines, row, stat, table
from grafana.authoring.sql import CHOSEN, IN_RANGE, LATE, signed

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
_GOING_ON = f"""{CHOSEN} and date_day <= $__timeTo()::date
        and coalesce(ended_on, $__timeTo()::date) >= $__timeTo()::date - 6"""
_TOLD = """Changes beyond chance against the weeks before, each told once; at most one alert per
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
    waiting = f"""
{_FOUND_NOW.strip()}
select case when exists (select from daily_client_metrics where {CHOSEN}) then count(*) end
    as "rows" from found
"""
    alerts = f"""
select case when exists (select from daily_client_metrics where {_LAST_DAYS} and not is_missing)
    then (select count(*) from metric_anomalies where {_LAST_DAYS} and is_alert) end as "alerts"
"""
    ill = f"""
with latest as (
    select distinct on (client) score from client_health
    where {CHOSEN} and date_day <= $__timeTo()::date order by client, date_day desc)
select case when count(score) > 0 then count(*) filter (where score < 75) end as "clients"
from latest
"""
    late = f"""
select case when count(*) > 0 then count(distinct client) filter (where {LATE}) end as "clients"
from data_freshness where {CHOSEN}
"""
    everybody = f'select count(*) as "clients" from clients where {CHOSEN}'
    return [
        stat("Needs attention: rows below", waiting, looks.COUNT,
             "What the table below lists: numbers out of line, clients whose e-mail health is "
             "under 75, late data.", w=6, thresholds=looks.ANY_IS_WORK),
        stat("Of these, alerts sent", alerts, looks.COUNT,
             f"Of the seven days to the end of the time range. {_TOLD}", w=5,
             thresholds=looks.steps("text", (1, "red"))),
        stat("Health under 75", ill, looks.COUNT,
             "Clients whose e-mail health is fair or poor: under 75 of 100, over 28 days "
             "to the end of the time range. Event-dated.", w=5, thresholds=looks.ANY_IS_WORK),
        stat("Clients with late data", late, looks.COUNT,
             "With a stream that is late, failing or was never read, as of now; see Pipeline.",
             w=5, thresholds=looks.ANY_IS_BAD),
        stat("Clients", everybody, looks.COUNT, "Clients chosen above, as of the last run.", w=3),
    ]  # fmt: skip


_FOUND = {
    "Day": looks.day(),
    "Client": {**looks.words(100), **link("Open this client", "client")},
    "What": looks.words(170),
    "Change": looks.change(),
    "At stake": looks.number(110),
    "Currency": looks.words(90),
    "In words": looks.SENTENCES,
}


_FOUND_NOW = f"""
with found as (
    select date_day, account_id, client, replace(kpi, '_', ' ') as what, value_at_stake, reason
    from metric_anomalies where {_GOING_ON} and not is_good
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
"""
_ATTENTION = f"""
{_FOUND_NOW.strip()}
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
                 "What is worth most first: changes for the worse that went on in the seven days "
                 "to the end of the time range (at stake is what was missing when they were told), "
                 "clients whose e-mail health is under 75 (at stake is what messages earned in 28 "
                 "days) and late data, now. "
                 "Event-dated. Money is the client's own, ranked at the day's rate if any.",
                 columns, w=24, h=8, empty="Nothing found in the data that was read")  # fmt: skip


def _good() -> Json:
    sql = f"""
select date_day as "Day", client as "Client", replace(kpi, '_', ' ') as "What",
    {signed("size", 0)} as "Change", reason as "In words"
from metric_anomalies
where {IN_RANGE} and is_good
order by date_day desc, abs(score) desc
limit 30
"""
    columns = {k: v for k, v in _FOUND.items() if k not in ("At stake", "Currency")}
    return table("Went well", sql, f"Good news of the whole time range, newest first. {_TOLD}",
                 columns, w=24, h=7, empty="Nothing found in the data that was read")  # fmt: skip


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
    middle = looks.rate(110)
    columns = {
        "Number": {**looks.NAMES, "custom__minWidth": 160},
        **dict.fromkeys(("All together", "Median client", "Lower quartile", "Upper quartile"),
                        middle),
        "Best": {**looks.words(72), **link("Open this client", "client")},
        "Worst": {**looks.words(72), **link("Open this client", "client")},
    }  # fmt: skip
    return [
        lines("Portfolio: ${kpi:text}", _SPREAD, looks.RATE,
              "All clients, whatever is chosen above: 28 days to each point, sum over sum, with "
              "the median client and the quartiles. Large clients rule the first line.",
              w=10, h=10, from_zero=False,
              series=("All mail together", "Median client", "Lower quartile", "Upper quartile")),
        table("Portfolio at the end of the time range", _LATEST,
              "All clients, 28 days, rates only: money of several currencies is not compared "
              "here. Best and worst follow the sense of the number.", columns, w=14, h=10),
    ]  # fmt: skip
