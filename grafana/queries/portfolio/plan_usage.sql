select
    client as "Client",
    replace(usage_type, '_', ' ') as "Plan",
    unit as "Unit",
    used as "Used",
    plan_maximum as "Allowed",
    share_used as "Share",
    projected_used as "Projected",
    projected_share as "Share at the end",
    period_end::date as "Ends",
    crosses_on as "Exceeded"
from daily_usage as u
where
    client in (${client:sqlstring}) and date_day = (
        select max(l.date_day) from daily_usage as l
        where l.account_id = u.account_id and l.as_of::date <= $__timeTo()::date + 1
    )
order by projected_share desc nulls last, client, usage_type
