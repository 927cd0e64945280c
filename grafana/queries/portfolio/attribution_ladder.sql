select
    client as "Client",
    currency as "Currency",
    attributed_revenue as "Attributed revenue",
    without_machines_revenue / nullif(attributed_revenue, 0) as "Without machines",
    clicks_revenue / nullif(attributed_revenue, 0) as "Clicks only",
    clicks_24_hours_revenue / nullif(attributed_revenue, 0) as "Clicks within 24 h",
    unknown_touch_revenue / nullif(attributed_revenue, 0) as "Unknown"
from attribution_ladder as l
where
    client in (${client:sqlstring}) and window_days = 28 and date_day = (
        select max(m.date_day) from attribution_ladder as m
        where
            m.account_id = l.account_id
            and m.window_days = 28
            and m.is_complete
            and m.date_day <= $__timeTo()::date
    )
order by 6 nulls last, client
