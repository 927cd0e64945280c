{{ config(
    materialized='incremental',
    incremental_strategy='replace_windows',
    indexes=[{'columns': ['account_id', 'date_day', 'channel', 'kpi'], 'unique': true}]
) }}

-- What is counted by the day, against the same weekday of the weeks before; and the same without what is too much to
-- be usual (three standard deviations) or expected of a holiday, so that weeks with a sale can be judged for the rest.
with

changes as (
    {{ windows_changed_since_last_build() }}
),

holidays as (
    select
        days.day::date as date_day,
        min(holidays.usual) as usual
    from {{ ref('holidays') }} as holidays
    cross join
        lateral generate_series(holidays.first_day::timestamp, holidays.last_day::timestamp, interval '1 day')
            as days (day)
    group by days.day
),

listed as (
    select
        days.account_id,
        days.date_day,
        days.channel,
        days.kpi,
        kpis.unit,
        case when kpis.unit = 'money' then days.currency else '' end as currency,
        days.numerator::float8 as things,
        1::float8 as base,
        days.trials::float8 as trials,
        days.sends::float8 as sends,
        case when kpis.unit = 'money' then 0 else 0.375 end::float8 as small,
        holidays.usual as usual_of_holiday,
        days.first_day,
        days.newest_change
    from ({{ rows_since_change(ref('int_kpi_days'), 111) }}) as days
    inner join {{ ref('kpis') }} as kpis on days.kpi = kpis.kpi
    left join holidays on days.date_day = holidays.date_day
    where days.window_days = 1 and kpis.window_days = 1
),

weeks as (
    select
        *,
        {{- weeks_added_up('earlier') }},
        sum(trials) over earlier as earlier_trials
    from (
        select
            *,
            {{- week_to_add_up() }}
        from listed
    ) as listed
    window earlier as {{ weeks_before(7) }}
),

measured as materialized (
    select
        *,
        {{ usual_rate('earlier') }} as expected,
        {{ usual_dispersion('earlier') }} as week_dispersion,
        earlier_things / nullif(earlier_trials, 0) as amount_of_one
    from weeks
),

-- The dispersion as it was three weeks ago: a change must not hide behind the disorder that it makes. In a short
-- history, as it is.
spread as materialized (
    select
        *,
        greatest(
            coalesce(
                avg(week_dispersion) over ({{ days_of_kpi(27, 21) }}),
                avg(week_dispersion) over ({{ days_of_kpi(6, 0) }})
            ),
            {{ least_dispersion('null', 'amount_of_one', 'expected') }}
        ) as dispersion
    from measured
)

select
    account_id,
    date_day,
    channel,
    kpi,
    currency,
    things,
    trials,
    sends,
    expected,
    dispersion,
    case
        when usual_of_holiday = 'more' and things > expected then 0
        when usual_of_holiday = 'less' and things < expected then 0
        else {{ anomaly_score('things', 'expected', 'dispersion') }}
    end as score,
    case
        when expected is null then things
        when usual_of_holiday = 'more' then least(things, expected)
        when usual_of_holiday = 'less' then greatest(things, expected)
        when dispersion = 0 then things
        else least(things, (sqrt(greatest(expected, 0) + small) + 1.5 * sqrt(dispersion)) ^ 2)
    end as things_capped,
    earlier_count as weeks_compared,
    newest_change as changed_at
from spread
where date_day >= first_day
