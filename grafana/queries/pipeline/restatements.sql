select
    seen_at as "Seen",
    client as "Client",
    date_day as "Day",
    days_later as "Days later",
    replace(metric, '_', ' ') as "Metric",
    old_value as "Before",
    new_value as "After",
    case
        when round(100 * relative_change, 1) = 0 then '0.0%'
        when relative_change >= 9.995 then 'over +999%'
        else to_char(100 * relative_change, 'FMSG999,990.0') || '%'
    end as "Change",
    kind as "Kind"
from restatements
where client in (${client:sqlstring}) and $__timeFilter(seen_at) and kind <> 'filling'
order by kind = 'unexpected' desc, date_trunc('day', seen_at) desc, date_day desc, client, metric
limit 100
