select
    ($__timeFrom()::date + (date_day - $__timeFrom()::date) / 7 * 7)::timestamp as "time",
    coalesce(form_name, form_id) as metric,
    sum(submitted) as value
from daily_form_metrics
where
    client in (${client:sqlstring})
    and $__timeFilter(date_day)
    and (is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)
group by 1, 2
order by 1, 2
