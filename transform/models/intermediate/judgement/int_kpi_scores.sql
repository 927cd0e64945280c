{{ config(
    materialized='incremental',
    incremental_strategy='replace_windows',
    indexes=[
        {'columns': ['account_id', 'date_day', 'channel', 'kpi'], 'unique': true}
    ]
) }}

-- The 7 and the 28 days up to each day against the same number of days before: a `week` against the twelve weeks right
-- before it, a `month` against the twelve before it, and a `decline` against the twelve that ended 28 days before that.
-- Each score is in standard deviations; macros/usual_weeks.sql says what is usual and how far from it is still usual.
{%- set lags = {'week': 7, 'month': 28, 'decline': 56} %}
{%- set dispersions = {'month': 'dispersion', 'decline': 'dispersion_before_decline'} %}
with

changes as (
    {{ windows_changed_since_last_build() }}
),

measured as materialized (
    {{ weeks_measured(lags) }}
),

-- By the weeks before the month: a change must not hide behind the disorder that it makes. In a short history, by those
-- before the week.
spread as materialized (
    select
        *,
        greatest(
            coalesce(avg(month_dispersion) over seven_days, avg(week_dispersion) over seven_days),
            day_dispersion,
            {{ least_dispersion('week_usual', 'amount_of_one', 'week_usual * base') }}
        ) as dispersion,
        greatest(
            avg(decline_dispersion) over seven_days,
            {{ least_dispersion('decline_usual', 'amount_of_one', 'decline_usual * base') }}
        ) as dispersion_before_decline
    from measured
    window seven_days as ({{ days_of_kpi(6, 0) }})
),

expected as materialized (
    select
        *,
        {%- for kind in ['month', 'decline'] %}
            case when weeks_in_month = 4 then {{ expected_of(kind, 4, 'four_') }} end as {{ kind }}_expected,
        {%- endfor %}
        {{ expected_of('week', 1) }} as week_expected
    from spread
)

-- A fall is told by what it was judged by, without what was too much on single days.
select
    account_id, date_day, channel, kpi, currency,
    day_things as day_actual, day_expected, 1::float8 as day_base, day_weeks, day_score,
    case when things < week_expected then things else actual end as week_actual,
    week_expected, base as week_base, before_week_count as week_weeks,
    {{ anomaly_score('things', 'week_expected', 'dispersion') }} as week_score,
    {%- for kind in ['month', 'decline'] %}
        case when four_things < {{ kind }}_expected then four_things else four_actual end as {{ kind }}_actual,
        {{ kind }}_expected, four_base as {{ kind }}_base, before_{{ kind }}_count as {{ kind }}_weeks,
        {{ anomaly_score('four_things', kind ~ '_expected', '1.15 * ' ~ dispersions[kind]) }} as {{ kind }}_score,
        things / nullif({{ kind }}_usual * base, 0) - 1 as {{ kind }}_last_change,
    {%- endfor %}
    newest_change as changed_at
from expected
where date_day >= first_day
