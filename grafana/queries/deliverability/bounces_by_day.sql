select
    day::timestamp as "time",
    sum(hard_bounced) as "Hard",
    sum(bounced - hard_bounced) as "Soft or unknown"
from generate_series($__timeFrom()::date, $__timeTo()::date, interval '1 day') as day
left join
    daily_deliverability
    on
        date_day = day
        and client in (${client:sqlstring})
        and (is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)
where
    exists (
        select
        from daily_deliverability
        where
            client in (${client:sqlstring})
            and $__timeFilter(date_day)
            and (is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)
    )
group by 1
order by 1
