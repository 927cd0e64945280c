select
    date_day as "Day",
    replace(kpi, '_', ' ') as "KPI",
    channel as "Channel",
    case
        when round(100 * size, 0) = 0 then '0%'
        when size >= 9.995 then 'over +999%'
        else to_char(100 * size, 'FMSG999,990') || '%'
    end as "Change",
    case when is_good then 'good' else 'bad' end as "Effect",
    case when is_open then 'ongoing' else 'until ' || ended_on end as "State",
    reason as "Reason"
from metric_anomalies
where client in (${client:sqlstring}) and $__timeFilter(date_day)
order by date_day desc, abs(score) desc
limit 50
