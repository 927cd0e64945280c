select
    client as "Client",
    stream as "Stream",
    case when status = 'failing' and last_status = 'deferred' then last_status else status end
        as "State",
    hours_since_success as "Hours",
    allowed_hours as "Allowed",
    data_until as "Data until",
    failed_runs as "Failed",
    error as "What to do"
from data_freshness
where client in (${client:sqlstring})
order by status = 'fresh', hours_since_success desc nulls first, client, stream
