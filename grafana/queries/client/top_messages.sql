select
    m.parent_name as "Campaign or flow",
    m.message_kind as "Kind",
    d.channel as "Channel",
    sum(d.delivered) as "Delivered",
    sum(d.clicks) as "Clicks",
    sum(d.attributed_orders) as "Orders",
    sum(d.attributed_revenue) as "Attributed revenue",
    (sum(d.attributed_revenue) filter (where d.delivered is not null))::numeric
    / nullif(sum(d.delivered) filter (where d.attributed_revenue is not null), 0) as "Per recipient"
from daily_message_metrics as d left join messages as m using (account_id, message_id)
where
    d.client in (${client:sqlstring})
    and $__timeFilter(d.date_day)
    and (is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)
group by m.parent_name, m.message_kind, d.channel
order by sum(d.attributed_revenue) desc nulls last
limit 25
