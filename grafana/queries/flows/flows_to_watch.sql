select case when count(*) > 0 then count(*) filter (where verdict not in ('ok', 'off', 'unknown')) end as "flows"
from flow_health
where client in (${client:sqlstring})
