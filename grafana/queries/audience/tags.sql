select
    client as "Client",
    coalesce(tag_name, tag_id) as "Tag",
    channel as "Channel",
    sum(delivered) as "Delivered",
    (sum(clicked_deliveries) filter (where deliveries is not null))::numeric
    / nullif(sum(deliveries) filter (where clicked_deliveries is not null), 0) as "Clicked",
    (sum(unsubscribed_deliveries) filter (where deliveries is not null))::numeric
    / nullif(sum(deliveries) filter (where unsubscribed_deliveries is not null), 0) as "Unsubscribed",
    sum(attributed_orders) as "Orders",
    currency as "Currency",
    sum(attributed_revenue) as "Revenue",
    (sum(attributed_revenue) filter (where delivered is not null))::numeric
    / nullif(sum(delivered) filter (where attributed_revenue is not null), 0) as "Per recipient"
from tag_metrics
where
    client in (${client:sqlstring})
    and $__timeFilter(date_day)
    and (is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)
group by client, tag_id, tag_name, channel, currency
order by client, sum(attributed_revenue) desc nulls last
