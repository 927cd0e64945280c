select sum(submitted)::numeric / nullif(sum(viewed), 0) as "rate"
from daily_form_metrics
where
    client in (${client:sqlstring})
    and $__timeFilter(date_day)
    and (is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)
