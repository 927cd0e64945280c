select
    ($__timeFrom()::date + (date_day - $__timeFrom()::date) / 7 * 7)::timestamp as "time",
    flow_name as metric,
    sum(attributed_revenue * rate) as value
from (
    select
        t.*,
        reporting_currency,
        reporting_rate
    from flow_metrics as t
    left join (
        select
            account_id,
            date_day,
            reporting_currency,
            reporting_rate
        from daily_client_metrics
    ) as r
        using (account_id, date_day)
) as flow_metrics
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
group by 1, flow_name
order by 1, flow_name
