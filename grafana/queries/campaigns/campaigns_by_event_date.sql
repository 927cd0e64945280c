select
    sent_day as "Sent",
    client as "Client",
    campaign_name as "Campaign",
    channel as "Channel",
    delivered as "Delivered",
    human_open_rate as "Opened",
    click_rate as "Clicked",
    unsubscribe_rate as "Unsubscribed",
    spam_complaint_rate as "Spam",
    bounce_rate as "Bounced",
    attributed_orders as "Orders",
    currency as "Currency",
    attributed_revenue as "Revenue",
    revenue_per_recipient as "Per recipient",
    revenue_rank as "Rank"
from campaign_metrics
where client in (${client:sqlstring}) and $__timeFilter(sent_day)
order by sent_at desc
