select
    date_trunc('day', seen_at) as "time",
    count(*) filter (where kind = 'filling') as "Incomplete day",
    count(*) filter (where kind = 'expected') as "Not yet settled",
    count(*) filter (where kind = 'unexpected') as "Settled"
from restatements
where client in (${client:sqlstring}) and $__timeFilter(seen_at)
group by 1
order by 1
