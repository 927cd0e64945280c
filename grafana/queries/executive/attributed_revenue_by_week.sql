select
    ($__timeFrom()::date + (date_day - $__timeFrom()::date) / 7 * 7)::timestamp as "time",
    sum(campaign_revenue * rate) as "Campaigns",
    sum(flow_revenue * rate) as "Flows"
from daily_client_metrics
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
