select
    date_day::timestamp as "time",
    client as metric,
    score as value
from client_health
where client in (${client:sqlstring}) and $__timeFilter(date_day) and score is not null
order by 1, client
