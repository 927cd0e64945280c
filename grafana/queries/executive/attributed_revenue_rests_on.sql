select
    ($__timeFrom()::date + (date_day - $__timeFrom()::date) / 7 * 7)::timestamp as "time",
    sum(revenue * rate) filter (where touch = 'human_click') as "Human click",
    sum(revenue * rate) filter (where touch = 'human_open') as "Human open",
    sum(revenue * rate) filter (where touch = 'machine_open') as "Machine open",
    sum(revenue * rate) filter (where touch = 'bot_click') as "Bot click",
    sum(revenue * rate) filter (where touch = 'delivery_only') as "Delivery only",
    sum(revenue * rate) filter (where touch = 'unknown') as "Unknown"
from attribution_quality
inner join (
    select
        account_id,
        date_day,
        is_over,
        reporting_currency,
        reporting_rate
    from daily_client_metrics
) as days
    using (account_id, date_day)
cross join
    lateral (
        select
            case
                when currency = ${currency:sqlstring} then 1
                when reporting_currency = ${currency:sqlstring} then reporting_rate
            end as rate
    ) as converted
where
    client in (${client:sqlstring})
    and $__timeFilter(date_day)
    and (is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)
    and rate is not null
group by 1
order by 1
