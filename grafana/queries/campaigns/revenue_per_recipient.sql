select
    (sum(attributed_revenue * rate) filter (where delivered is not null))::numeric
    / nullif(sum(delivered) filter (where attributed_revenue * rate is not null), 0) as "value"
from (
    select
        t.*,
        reporting_currency,
        reporting_rate
    from campaign_metrics as t
    left join (
        select
            account_id,
            date_day as sent_day,
            reporting_currency,
            reporting_rate
        from daily_client_metrics
    ) as r
        using (account_id, sent_day)
) as campaign_metrics
cross join
    lateral (
        select
            case
                when currency = ${currency:sqlstring} then 1
                when reporting_currency = ${currency:sqlstring} then reporting_rate
            end as rate
    ) as converted
where client in (${client:sqlstring}) and $__timeFilter(sent_day) and rate is not null
