select to_char(min(data_until), 'DD Mon, HH24:MI') as "UTC"
from data_freshness where stream = 'metric_aggregates' and client in (${client:sqlstring})
