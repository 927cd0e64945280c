select
    inbox_provider as "Provider",
    client as "Client",
    sum(delivered) as "Delivered",
    (sum(bounced) filter (where (delivered + bounced) is not null))::numeric
    / nullif(sum((delivered + bounced)) filter (where bounced is not null), 0) as "Bounced",
    (sum(hard_bounced) filter (where (delivered + bounced) is not null))::numeric
    / nullif(sum((delivered + bounced)) filter (where hard_bounced is not null), 0) as "Hard",
    (sum(complained_deliveries) filter (where deliveries is not null))::numeric
    / nullif(sum(deliveries) filter (where complained_deliveries is not null), 0) as "Spam"
from daily_deliverability
where
    client in (${client:sqlstring})
    and $__timeFilter(date_day)
    and (is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)
group by inbox_provider, client
order by sum(delivered) desc nulls last
