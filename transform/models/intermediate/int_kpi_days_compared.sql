{{ config(indexes=[{'columns': ['account_id', 'date_day']}]) }}

-- Each KPI against the same weekday of the 12 weeks before. The usual is the median; macros/anomaly_spread.sql says how
-- far from it is still usual.
with

kpis as (
    select * from {{ ref('kpis') }} where window_days is not null
),

clients as (
    select * from {{ ref('clients') }}
),

listed as (
    select
        days.*,
        kpis.unit,
        kpis.is_planned,
        coalesce(kpis.min_denominator, 0) as min_denominator
    from {{ ref('int_kpi_days_listed') }} as days
    inner join kpis on days.kpi = kpis.kpi and days.window_days = kpis.window_days
    where days.value is not null and (kpis.min_denominator is null or days.denominator >= kpis.min_denominator)
),

-- The last day read is not over yet.
judged as (
    select
        listed.*,
        usual.*
    from listed
    inner join clients using (account_id)
    cross join
        lateral (
            select
                percentile_cont(0.5) within group (order by earlier.value)::numeric as expected,
                count(*) as weeks_compared,
                avg(earlier.trials) as trials_per_week,
                (sum(earlier.numerator) + 0.5) / (sum(earlier.denominator) + 1) as pooled_rate,
                max(earlier.value) - min(earlier.value) as range_seen,
                array_agg(earlier.value) as earlier_values
            from generate_series(1, 12) as weeks (ago)
            inner join {{ ref('int_kpi_days_listed') }} as earlier
                on
                    listed.account_id = earlier.account_id
                    and listed.channel = earlier.channel
                    and listed.kpi = earlier.kpi
                    and listed.window_days = earlier.window_days
                    and listed.date_day - 7 * weeks.ago = earlier.date_day
                    and coalesce(earlier.denominator, listed.min_denominator) >= listed.min_denominator
            where earlier.value is not null
        ) as usual
    where listed.date_day < clients.last_day and listed.date_day >= clients.last_day - {{ var('anomaly_days') }}
),

spread as (
    select
        judged.*,
        {{ anomaly_spread('judged', 'distances.median_distance') }} as spread
    from judged
    cross join lateral (
        select percentile_cont(0.5) within group (order by abs(earlier.value - judged.expected)) as median_distance
        from unnest(judged.earlier_values) as earlier (value)
    ) as distances
)

select
    account_id,
    date_day,
    channel,
    kpi,
    window_days,
    value,
    denominator,
    weeks_compared,
    expected,
    spread,
    value - expected as difference,
    (value - expected) / nullif(spread, 0) as score
from spread
