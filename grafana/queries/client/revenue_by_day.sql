select
    date_day::timestamp as "time",
    revenue as "Store",
    attributed_revenue as "Attributed"
from daily_client_metrics
where
    client in (${client:sqlstring})
    and $__timeFilter(date_day)
    and (is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)
order by 1
