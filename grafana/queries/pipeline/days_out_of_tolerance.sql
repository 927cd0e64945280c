select
    case
        when count(*) > 0
            then
                count(distinct(client, date_day)) filter (where status = 'out_of_tolerance')
    end as "days"
from reconciliation where client in (${client:sqlstring}) and $__timeFilter(date_day)
