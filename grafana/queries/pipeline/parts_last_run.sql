with runs as (
    select
        *,
        dense_rank() over (order by run_id desc) as age
    from pipeline_runs
    where client in (${client:sqlstring})
),

parts as (
    select
        coalesce(shard, 'whole') as part,
        client,
        status,
        requests,
        started_at,
        finished_at
    from runs
    where age = 1
    union all
    select distinct
        'not in this run',
        client,
        'missing',
        null::bigint,
        null::timestamp,
        null::timestamp
    from runs
    where age = 2 and client not in (select client from runs where age = 1)
)

select
    part as "Part",
    count(distinct client) as "Clients",
    count(distinct client) filter (where status in ('ok', 'partial')) as "Read",
    count(*) filter (where status = 'failed') as "Failed streams",
    sum(requests) as "Requests",
    min(started_at) as "Started",
    max(finished_at) as "Finished"
from parts
group by part
order by part = 'not in this run' desc, 4 desc, nullif(substring(part from '^[0-9]+'), '')::int
