{{ config(
    materialized='incremental',
    incremental_strategy='replace_windows',
    indexes=[
        {'columns': ['account_id', 'date_day', 'channel', 'kpi'], 'unique': true}
    ]
) }}

-- Each KPI against the same weekday of the 12 weeks before. The usual is the median; macros/anomaly_spread.sql says how
-- far from it is still usual.
with

changes as (
    {{ windows_changed_since_last_build() }}
),

kpis as (
    select * from {{ ref('kpis') }} where window_days is not null
),

listed as (
    select
        days.*,
        kpis.unit,
        kpis.is_planned
    from ({{ rows_since_change(ref('int_kpi_days_listed'), 84) }}) as days
    inner join kpis on days.kpi = kpis.kpi and days.window_days = kpis.window_days
    where
        days.value is not null
        and (kpis.min_denominator is null or days.denominator >= kpis.min_denominator)
),

weeks as (
    select
        *,
        count(*) over twelve_weeks as weeks_compared,
        array_agg(value) over twelve_weeks as earlier_values,
        avg(trials) over twelve_weeks as trials_per_week,
        (sum(numerator) over twelve_weeks + 0.5) / (sum(denominator) over twelve_weeks + 1) as pooled_rate,
        max(value) over twelve_weeks - min(value) over twelve_weeks as range_seen
    from listed
    window
        twelve_weeks as (
            partition by account_id, channel, kpi, extract(isodow from date_day)
            order by date_day range between interval '84 days' preceding and interval '7 days' preceding
        )
),

judged as (
    select
        weeks.account_id,
        weeks.date_day,
        weeks.channel,
        weeks.kpi,
        weeks.window_days,
        weeks.value,
        weeks.denominator,
        weeks.weeks_compared,
        usual.expected,
        {{ anomaly_spread('weeks', 'usual.expected', 'distances.median_distance') }} as spread,
        weeks.newest_change as changed_at
    from weeks
    cross join
        lateral (
            select percentile_cont(0.5) within group (order by earlier.value)::numeric as expected
            from unnest(weeks.earlier_values) as earlier (value)
        ) as usual
    cross join
        lateral (
            select percentile_cont(0.5) within group (order by abs(earlier.value - usual.expected)) as median_distance
            from unnest(weeks.earlier_values) as earlier (value)
        ) as distances
    where weeks.date_day >= weeks.first_day
)

select
    *,
    value - expected as difference,
    (value - expected) / nullif(spread, 0) as score
from judged
