select
    date_day as "Day",
    client as "Client",
    replace(comparison, '_', ' ') as "Comparison",
    replace(role, '_', ' ') as "Role",
    measure as "Measure",
    reference_value as "Klaviyo",
    compared_value as "Counted",
    case
        when round(100 * relative_difference, 2) = 0 then '0.00%'
        when relative_difference >= 9.995 then 'over +999%'
        else to_char(100 * relative_difference, 'FMSG999,990.00') || '%'
    end as "Difference",
    tolerance as "Tolerance",
    status as "State",
    reason as "Reason"
from reconciliation
where client in (${client:sqlstring}) and $__timeFilter(date_day) and comparison <> 'send_against_event'
order by
    status = 'out_of_tolerance' desc, status = 'adds_up' desc,
    coalesce(abs(relative_difference), (difference <> 0)::int) desc,
    comparison = 'events_against_aggregates' desc, date_day desc, abs(reference_value) desc
limit 100
