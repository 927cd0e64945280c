with counted as (
    select
        client,
        audience_id,
        (array_agg(members order by date_day desc))[1] as members
    from daily_audience_metrics
    where
        client in (${client:sqlstring})
        and date_day between $__timeFrom()::date and $__timeTo()::date + 1
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
