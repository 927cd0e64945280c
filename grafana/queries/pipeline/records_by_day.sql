with runs as (
    select
        date_trunc('day', started_at) as day,
        client,
        records
    from pipeline_runs
    where client in (${client:sqlstring}) and $__timeFilter(started_at)
)

select
    day as "time",
    client as metric,
    sum(records) as records
from (select distinct client from runs) as clients
cross join
    generate_series(
        (select min(day) from runs), $__timeTo()::timestamptz, interval '1 day'
    ) as day
left join runs using (client, day)
group by day, client
order by day, client
