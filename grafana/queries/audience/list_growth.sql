with counted as (
    select
        client,
        audience_id,
        (array_agg(members order by date_day))[1] as members_first,
        (array_agg(members order by date_day desc))[1] as members_last
    from daily_audience_metrics
    where
        client in (${client:sqlstring})
        and date_day between $__timeFrom()::date and $__timeTo()::date + 1
        and audience_kind = 'list'
        and members is not null
    group by client, audience_id
    having count(*) > 1
),

largest as (
    select distinct on (client) *
    from counted
    order by client, members_last desc, audience_id
)

select sum(members_last - members_first) as "people"
from largest
