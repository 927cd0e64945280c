with counted as (
    select
        client,
        audience_id,
        (array_agg(members order by date_day desc))[1] as members
    from daily_audience_metrics
    where
        client in (${client:sqlstring})
        and $__timeFilter(date_day)
        and audience_kind = 'list'
        and members is not null
    group by client, audience_id
),

largest as (
    select
        client,
        max(members) as members
    from counted
    group by client
)

select sum(members) as "people"
from largest
