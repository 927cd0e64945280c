select
    sent_day as "Sent",
    client as "Client",
    campaign_name as "Campaign",
    send_delivered as "Delivered",
    send_sms_segments as "Segments",
    send_sms_credits as "Credits",
    send_sms_spend as "Spend",
    send_sms_spend / nullif(send_delivered, 0) as "Per SMS",
    send_sms_roi as "Return"
from campaign_metrics
where client in (${client:sqlstring}) and $__timeFilter(sent_day) and send_sms_segments is not null
order by sent_at desc
