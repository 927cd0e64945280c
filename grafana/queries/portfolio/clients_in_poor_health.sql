with latest as (
    select distinct on (client) score from client_health
    where client in (${client:sqlstring}) and date_day <= $__timeTo()::date order by client, date_day desc
)

select case when count(score) > 0 then count(*) filter (where score < 75) end as "clients"
from latest
