{{ config(indexes=[{'columns': ['account_id', 'date_day', 'usage_type'], 'unique': true}]) }}

-- Messages and credits accrue from 0 at the beginning of a period. Profiles are a stock: they are there before it, too.
with

readings as (
    select
        *,
        unit = 'profiles' as is_stock,
        used > plan_maximum as is_over,
        lag(used) over earlier as used_before,
        lag(as_of) over earlier as as_of_before,
        lag(period_start) over earlier as period_before
    from {{ ref('stg_klaviyo__billing_usage') }}
    window earlier as (partition by account_id, usage_type order by date_day)
),

-- What was used since the reading before, and the time it took. A stock that falls when a period begins was reset.
steps as (
    select
        *,
        case
            when period_before = period_start or is_stock
                then case when period_before = period_start or used >= used_before then used - used_before end
            else used
        end as increase,
        case when period_before = period_start or is_stock then as_of_before else period_start end as since
    from readings
),

paces as (
    select
        *,
        sum(increase) over last_days as increased,
        sum(extract(epoch from as_of - since)::numeric) filter (where increase is not null) over last_days as seconds,
        greatest(extract(epoch from period_end - as_of)::numeric, 0) as seconds_left,
        min(date_day) filter (where is_over) over its_period as over_since
    from steps
    window
        last_days as (
            partition by account_id, usage_type
            order by date_day range between interval '27 days' preceding and current row
        ),
        its_period as (partition by account_id, usage_type, period_start order by date_day)
),

projections as (
    select
        *,
        case
            when seconds >= {{ var('usage_minimum_days') }} * 86400
                then greatest(used + increased * seconds_left / seconds, case when is_stock then 0 else used end)
        end::numeric(20, 4) as projected_used
    from paces
)

select
    projections.account_id,
    clients.client,
    projections.date_day,
    projections.usage_type,
    projections.unit,
    projections.used::numeric(20, 4) as used,
    projections.plan_maximum::numeric(20, 4) as plan_maximum,
    {{ rate('projections.used', 'projections.plan_maximum') }} as share_used,
    projections.period_start,
    projections.period_end,
    projections.as_of,
    projections.projected_used,
    {{ rate('projections.projected_used', 'projections.plan_maximum') }} as projected_share,
    case
        when projections.is_over then projections.over_since
        when projections.projected_used > projections.plan_maximum
            then {{ local_date(
                "projections.as_of + interval '1 second' * ceil(
                    (projections.plan_maximum - projections.used) * projections.seconds_left
                    / nullif(projections.projected_used - projections.used, 0)
                )::double precision", 'clients.timezone') }}
    end as crosses_on
from projections
inner join {{ ref('int_clients') }} as clients on projections.account_id = clients.account_id
