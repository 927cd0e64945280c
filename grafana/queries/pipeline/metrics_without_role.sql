select
    client as "Client",
    replace(role, '_', ' ') as "Role",
    status as "State",
    probable_metric_name as "Metric",
    coalesce(probable_event_count, reported_count) as "Events",
    what_to_do as "What to do"
from role_coverage
where client in (${client:sqlstring}) and status in ('missing', 'doubtful')
union all
select
    client,
    replace(probable_role, '_', ' '),
    'unmapped',
    metric_name,
    event_count,
    'No report contains it: add its name to seeds/metric_roles.csv, as not_counted if need be.'
from unmapped_metrics
where
    client in (${client:sqlstring}) and is_klaviyo_own and metric_id not in (
        select probable_metric_id from role_coverage
        where client in (${client:sqlstring}) and status in ('missing', 'doubtful') and probable_metric_id is not null
    )
order by 3, 1, 5 desc, 2
