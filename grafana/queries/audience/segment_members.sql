with segments as (
    select *
    from daily_audience_metrics
    where
        client in (${client:sqlstring})
        and $__timeFilter(date_day)
        and (is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)
        and audience_kind = 'segment'
        and members is not null
),

largest as (
    select
        client,
        audience_id
    from segments
    group by client, audience_id
    order by max(members) desc, client, audience_id
    limit 6
)

select
    date_day::timestamp as "time",
    client || ': ' || coalesce(audience_name, audience_id) as metric,
    members as value
from segments
inner join largest using (client, audience_id)
order by 1, 2
