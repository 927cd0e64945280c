select
    (sum(unsubscribed_deliveries) filter (where deliveries is not null and channel is distinct from 'mixed'))::numeric
    / nullif(
        sum(deliveries) filter (where unsubscribed_deliveries is not null and channel is distinct from 'mixed'), 0
    ) as "value"
from campaign_metrics
where client in (${client:sqlstring}) and $__timeFilter(sent_day)
