{{ config(pre_hook=hash_joins(), indexes=[
    {'columns': ['account_id', 'date_day', 'channel', 'kpi', 'is_above'], 'unique': true}
]) }}

-- Changes to report: larger than chance explains; consecutive unusual weeks are one change. `date_day` is the first day
-- on which it could be reported, from the days up to it. Further columns hold what later days showed.
with

kpis as (
    select * from {{ ref('kpis') }}
),

compared as (
    select
        compared.account_id,
        compared.date_day,
        compared.channel,
        compared.kpi,
        compared.currency,
        kinds.*,
        kinds.actual - kinds.expected as difference,
        (kinds.actual - kinds.expected) / nullif(abs(kinds.expected), 0) as relative_change,
        kinds.score > 0 as is_above
    from {{ ref('int_kpi_scores') }} as compared
    cross join
        lateral (
            values
            {%- for kind, window_days in {'day': 1, 'week': 7, 'month': 28, 'decline': 28}.items() %}
                (
                    '{{ kind }}', {{ window_days }}, {{ kind }}_actual, {{ kind }}_expected, {{ kind }}_base,
                    {{ kind }}_weeks, {{ kind }}_score, {{ kind ~ '_last_change' if window_days == 28 else 'null' }}
                ){{ ',' if not loop.last }}
            {%- endfor %}
        ) as kinds (kind, window_days, actual, expected, base, weeks_compared, score, last_change)
    where abs(kinds.score) >= {{ var('anomaly_unusual') }}
),

-- Over 28 days, only what is bad (growth is slow, and no surprise), and only while the last week has half of it.
judged as (
    select
        compared.*,
        (compared.is_above = kpis.is_higher_better) as is_good,
        abs(compared.score)
        >= case when compared.kind = 'day' then {{ var('anomaly_score_day') }} else {{ var('anomaly_score') }} end
        and coalesce(abs(compared.relative_change) >= case
            when kpis.is_planned then {{ var('anomaly_change_planned') }}
            when compared.kind in ('day', 'week') then {{ var('anomaly_change') }}
            else {{ var('anomaly_change_month') }}
        end, true)
        and abs(compared.difference) >= kpis.min_change
        and compared.weeks_compared >= kpis.min_weeks
        and (kpis.min_denominator is null or compared.base >= kpis.min_denominator)
        and (
            compared.kind in ('day', 'week')
            or compared.is_above <> kpis.is_higher_better
            and compared.last_change / nullif(compared.relative_change, 0) >= 0.5
        )
        and compared.kind = any(string_to_array(kpis.judged, ' ')) as is_told
    from compared
    inner join kpis using (kpi)
),

unusual as (
    select
        *,
        date_day - lag(date_day) over (
            partition by account_id, channel, kpi, currency, is_above order by date_day
        ) as days_since
    from judged
    where is_told or kind = 'week'
),

numbered as (
    select
        *,
        count(*) filter (where days_since > {{ var('anomaly_quiet_days') }}) over (
            partition by account_id, channel, kpi, currency, is_above order by date_day
        ) as change_number
    from unusual
),

-- Its size is that of the day on which it was furthest from chance.
changes as (
    select
        account_id,
        channel,
        kpi,
        currency,
        is_above,
        change_number,
        min(date_day) as onset,
        max(date_day) as last_unusual_day,
        (
            array_agg(relative_change order by abs(score) desc, date_day asc, window_days asc) filter (where is_told)
        )[1] as size
    from numbered
    group by account_id, channel, kpi, currency, is_above, change_number
),

-- The first day on which it is told, by the shortest of the windows that do.
told as (
    select distinct on (account_id, channel, kpi, currency, is_above, change_number) *
    from numbered
    where is_told
    order by
        account_id asc, channel asc, kpi asc, currency asc, is_above asc, change_number asc,
        date_day asc, window_days asc, kind desc
)

select
    account_id,
    told.date_day,
    channel,
    kpi,
    is_above,
    changes.onset,
    changes.last_unusual_day,
    changes.size,
    told.kind,
    told.window_days,
    told.actual,
    told.expected,
    told.base,
    told.difference,
    told.relative_change,
    told.score,
    told.weeks_compared,
    told.is_good
from told
inner join changes using (account_id, channel, kpi, currency, is_above, change_number)
