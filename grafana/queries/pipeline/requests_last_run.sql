select sum(requests) as "value" from pipeline_runs
where
    client in (${client:sqlstring})
    and run_id = (select max(run_id) from pipeline_runs where client in (${client:sqlstring}))
