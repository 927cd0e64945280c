select
    date_day as "Day",
    client as "Client",
    replace(kpi, '_', ' ') as "Finding",
    case
        when round(100 * size, 0) = 0 then '0%'
        when size >= 9.995 then 'over +999%'
        else to_char(100 * size, 'FMSG999,990') || '%'
    end as "Change",
    reason as "Reason"
from metric_anomalies
where client in (${client:sqlstring}) and $__timeFilter(date_day) and is_good
order by date_day desc, abs(score) desc
limit 30
