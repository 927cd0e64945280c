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

weeks as materialized (
    select
        *,
        {{- week_to_add_up() }}
    from ({{ weeks_of_kpis() }}) as weeks_of_kpis
    where base > 0
),

added_up as (
    select
        *,
        {%- for column in ['things', 'base', 'actual', 'sends'] %}
            sum({{ column }}) over four_weeks as month_{{ column }},
        {%- endfor %}
        count(*) over four_weeks as weeks_in_month,
        {%- for kind in lags %}
            {{ weeks_added_up('before_' ~ kind) }},
            avg(sends) over before_{{ kind }} as before_{{ kind }}_sends,
        {%- endfor %}
        sum(actual) over before_week / nullif(sum(trials) over before_week, 0) as amount_of_one
    from weeks
    window
        {%- for kind, lag in lags.items() %}
            before_{{ kind }} as {{ weeks_before(lag) }},
        {%- endfor %}
        four_weeks as (
            partition by account_id, channel, kpi, currency, extract(isodow from date_day)
            order by date_day range between interval '21 days' preceding and current row
        )
),

measured as materialized (
    select
        *,
        {%- for kind in lags %}
            {{ usual_rate('before_' ~ kind) }} as {{ kind }}_usual,
            {{ usual_dispersion('before_' ~ kind) }} as {{ kind }}_dispersion{{ ',' if not loop.last }}
        {%- endfor %}
    from added_up
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
        {{ expected_of('things', 'base', 'sends', 'week_usual', 'before_week', 1) }} as week_expected,
        {%- for kind in ['month', 'decline'] %}
            case
                when weeks_in_month = 4
                    then {{ expected_of(
                        'month_things', 'month_base', 'month_sends', kind ~ '_usual', 'before_' ~ kind, 4
                    ) }}
            end as {{ kind }}_expected{{ ',' if not loop.last }}
        {%- endfor %}
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
        case when month_things < {{ kind }}_expected then month_things else month_actual end as {{ kind }}_actual,
        {{ kind }}_expected, month_base as {{ kind }}_base, before_{{ kind }}_count as {{ kind }}_weeks,
        {{ anomaly_score('month_things', kind ~ '_expected', '1.15 * ' ~ dispersions[kind]) }} as {{ kind }}_score,
        things / nullif({{ kind }}_usual * base, 0) - 1 as {{ kind }}_last_change,
    {%- endfor %}
    newest_change as changed_at
from expected
where date_day >= first_day
