select
    sent_day as "Sent",
    client as "Client",
    campaign_name as "Campaign",
    channel as "Channel",
    send_recipients as "Recipients",
    send_delivered as "Delivered",
    send_open_rate as "Opened",
    send_click_rate as "Clicked",
    send_bounce_rate as "Bounced",
    send_orders as "Orders",
    currency as "Currency",
    send_revenue as "Revenue",
    send_revenue_per_recipient as "Per recipient",
    send_window_end as "As of"
from campaign_metrics
where client in (${client:sqlstring}) and $__timeFilter(sent_day)
order by sent_at desc
