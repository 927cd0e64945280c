select
    date_day::timestamp as "time",
    human_open_rate as "Opened, excluding Apple",
    open_rate as "Opened",
    click_rate as "Clicked"
from rolling_client_metrics
where
    client in (${client:sqlstring})
    and $__timeFilter(date_day)
    and channel = 'email'
    and window_days = 28
    and is_complete
order by 1
