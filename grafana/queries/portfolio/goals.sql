select
    client as "Client",
    replace(kpi, '_', ' ') as "KPI",
    currency as "Currency",
    target as "Goal",
    actual as "So far",
    expected_by_now as "Expected by now",
    projected as "Projected",
    projected / nullif(target, 0) as "Of the goal",
    coalesce(status, case when problem is null then 'unknown' else 'refused' end) as "State",
    problem as "Problem"
from goal_pacing
where client in (${client:sqlstring}) and month = date_trunc('month', $__timeTo()::timestamp)::date
order by projected / nullif(target, 0) nulls last, client, kpi
