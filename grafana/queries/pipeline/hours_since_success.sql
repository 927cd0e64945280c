select max(hours_since_success) as "value" from data_freshness where client in (${client:sqlstring})
