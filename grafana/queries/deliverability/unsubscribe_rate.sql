select
    date_day::timestamp as "time",
    client as metric,
    unsubscribe_rate as value
from rolling_client_metrics
where
    client in (${client:sqlstring})
    and $__timeFilter(date_day)
    and channel = 'email'
    and window_days = 28
    and is_complete
order by 1, client
