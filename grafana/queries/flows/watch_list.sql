select
    client as "Client",
    flow_name as "Flow",
    flow_status as "Status",
    verdict as "Verdict",
    since_day as "Since",
    triggers_28_days as "Triggers",
    delivered_28_days as "Delivered",
    value_at_stake as "At stake",
    currency as "Currency",
    reason as "Reason"
from flow_health
where client in (${client:sqlstring}) and verdict not in ('ok', 'off', 'unknown')
order by value_at_stake desc nulls last, client, flow_name
