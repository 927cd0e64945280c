with asked as (
    select
        $__timeFrom()::date as first_day,
        $__timeTo()::date as last_day,
        case ${compare:sqlstring} when 'year' then 364 else $__timeTo()::date - $__timeFrom()::date + 1 end as days
),

daily as (
    select
        *,
        date_day >= first_day as is_now
    from asked
    inner join
        daily_channel_metrics
        on date_day between first_day and last_day or date_day between first_day - days and last_day - days
    where
        client in (${client:sqlstring})
        and (is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)
        and channel = 'email'
),

periods as (
    select
        is_now,
        sum(subscribes - unsubscribes) as value
    from daily
    group by is_now
),

covered as (
    select
        bool_and(
            c.first_day <= asked.first_day - days and asked.last_day - asked.first_day between 6 and days - 1
        ) as is_whole
    from asked cross join clients as c where client in (${client:sqlstring})
)

select
    now.value as "this period",
    coalesce(to_char(now.value - before.value, 'FMSG999,999,990'), 'n/a') as "vs before"
from periods as now
left join periods as before on not before.is_now and (select is_whole from covered)
where now.is_now
