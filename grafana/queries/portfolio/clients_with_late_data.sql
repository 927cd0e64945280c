select
    case
        when
            count(*) > 0
            then count(distinct client) filter (where status <> 'fresh' and last_status not in ('partial', 'skipped'))
    end as "clients"
from data_freshness where client in (${client:sqlstring})
