select
    started_at as "Started",
    client as "Client",
    stream as "Stream",
    status as "State",
    error as "What to do"
from pipeline_runs
where client in (${client:sqlstring}) and $__timeFilter(started_at) and status <> 'ok'
order by started_at desc
limit 100
