with events as (
    select
        event,
        first_day,
        last_day,
        currency,
        count(*) as days,
        sum(orders) as orders,
        sum(revenue) as revenue,
        sum(attributed_revenue) as attributed,
        case when count(*) = count(year_ago_attributed_revenue) then sum(year_ago_attributed_revenue) end
            as attributed_before,
        case when count(*) = count(year_ago_revenue) then sum(year_ago_revenue) end as revenue_before
    from holiday_comparison
    where client in (${client:sqlstring}) and is_event_day and first_day <= $__timeTo()::date
    group by event, first_day, last_day, currency
)

select
    event as "Event",
    first_day as "From",
    last_day as "To",
    days as "Days",
    currency as "Currency",
    orders as "Orders",
    revenue as "Store revenue",
    revenue_before as "A year before",
    attributed as "Attributed",
    attributed_before as "Attributed before",
    coalesce(
        case
            when round(100 * (attributed / nullif(attributed_before, 0) - 1), 1) = 0 then '0.0%'
            when (attributed / nullif(attributed_before, 0) - 1) >= 9.995 then 'over +999%'
            else to_char(100 * (attributed / nullif(attributed_before, 0) - 1), 'FMSG999,990.0') || '%'
        end,
        'n/a'
    ) as "Change"
from events
order by first_day desc, event
limit 20
