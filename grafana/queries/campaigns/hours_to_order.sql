select
    sent_day as "Sent",
    c.client as "Client",
    campaign_name as "Campaign",
    d.channel as "Channel",
    d.orders as "Orders",
    d.lower_quartile_hours as "First quarter",
    d.median_hours as "Half",
    d.upper_quartile_hours as "Three quarters",
    d.orders_within_24_hours::numeric / nullif(d.orders_with_touch, 0) as "Within 24 h"
from attribution_delays as d
inner join (
    select distinct on (account_id, campaign_id)
        account_id,
        campaign_id,
        client,
        campaign_name,
        sent_day,
        sent_at
    from campaign_metrics
    order by account_id, campaign_id, sent_at
) as c
    on d.account_id = c.account_id and d.parent_id = c.campaign_id
where d.message_kind = 'campaign' and c.client in (${client:sqlstring}) and $__timeFilter(sent_day)
order by sent_at desc
