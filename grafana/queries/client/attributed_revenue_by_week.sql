select
    ($__timeFrom()::date + (date_day - $__timeFrom()::date) / 7 * 7)::timestamp as "time",
    sum(campaign_revenue) as "Campaigns",
    sum(flow_revenue) as "Flows"
from daily_client_metrics
where
    client in (${client:sqlstring})
    and $__timeFilter(date_day)
    and (is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)
group by 1
order by 1
