with counted as (
    select
        client,
        audience_kind,
        audience_name,
        tags,
        sum(added) as added,
        sum(removed) as removed,
        max(date_day) filter (where members is not null) as counted_on,
        (array_agg(members order by date_day) filter (where members is not null))[1] as members_first,
        (array_agg(members order by date_day desc) filter (where members is not null))[1] as members_last,
        count(members) as days
    from daily_audience_metrics
    where
        client in (${client:sqlstring})
        and date_day between $__timeFrom()::date and $__timeTo()::date + (audience_kind = 'list')::int
        and (is_over or audience_kind = 'list' or $__timeTo()::date >= (now() at time zone 'UTC')::date)
    group by client, audience_kind, audience_id, audience_name, tags
)

select
    client as "Client",
    audience_name as "Name",
    audience_kind as "Kind",
    tags as "Tags",
    members_last as "Members",
    counted_on as "Counted on",
    case when days > 1 then to_char(members_last - members_first, 'FMSG999,999,990') end as "Growth",
    added as "Joined",
    removed as "Left"
from counted
where days > 0
order by client, audience_kind, members_last desc
