select
    case
        when count(*) > 0 then count(*) filter (where status <> 'fresh' and last_status not in ('partial', 'skipped'))
    end as "value"
from data_freshness
where client in (${client:sqlstring})
