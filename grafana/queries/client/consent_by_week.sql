select
    ($__timeFrom()::date + (date_day - $__timeFrom()::date) / 7 * 7)::timestamp as "time",
    sum(subscribes) as "Subscribed",
    -sum(unsubscribes) as "Unsubscribed"
from daily_channel_metrics
where
    client in (${client:sqlstring})
    and $__timeFilter(date_day)
    and (is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)
    and channel = 'email'
group by 1
order by 1
