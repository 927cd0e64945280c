select
    client as "Client",
    (sum(flow_revenue) filter (where attributed_revenue is not null))::numeric
    / nullif(sum(attributed_revenue) filter (where flow_revenue is not null), 0) as "Share"
from daily_client_metrics
where
    client in (${client:sqlstring})
    and $__timeFilter(date_day)
    and (is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)
group by client
order by 2 desc nulls last
