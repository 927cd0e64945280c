select
    first_day::timestamp as "time",
    last_day::timestamp as "timeEnd",
    event as "text"
from holiday_comparison
where
    client in (${client:sqlstring})
    and first_day <= $__timeTo()::date
    and last_day >= $__timeFrom()::date
group by first_day, last_day, event
order by 1
