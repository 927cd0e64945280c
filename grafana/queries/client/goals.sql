select
    month as "Month",
    replace(kpi, '_', ' ') as "KPI",
    currency as "Currency",
    target as "Goal",
    actual as "So far",
    expected_by_now as "Expected by now",
    projected as "Projected",
    projected_low as "At least",
    projected_high as "At most",
    coalesce(status, case when problem is null then 'unknown' else 'refused' end) as "State",
    as_of_day as "Up to"
from goal_pacing
where
    client in (${client:sqlstring})
    and month between date_trunc('month', $__timeTo()::timestamp) - interval '3 months' and $__timeTo()::timestamp
order by month desc, kpi
