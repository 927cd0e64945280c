-- What Klaviyo credits to messages, by the day of the order. A flow's message names both message and flow; a
-- campaign's names only the message; the group that names neither is the rest of the shop's orders.
with

metric_days as (
    select * from {{ ref('int_metric_days_counted') }} where role = 'revenue'
),

days_read as (
    select * from {{ ref('stg_klaviyo__metric_days_read') }}
    where breakdown = '$attributed_message,$attributed_flow' and bucket = 'day'
),

aggregates as (
    select
        *,
        coalesce(dimensions ->> '$attributed_flow', '') <> '' as is_flow,
        coalesce(dimensions ->> '$attributed_message', '') <> '' as is_message
    from {{ ref('stg_klaviyo__metric_aggregates') }}
    where breakdown = '$attributed_message,$attributed_flow' and bucket = 'day'
),

-- Klaviyo does not split attributed amounts by currency as well. On a day with foreign orders, and on a day whose own
-- revenue is unknown, they could be of any currency.
money as (
    select
        account_id,
        date_day,
        not has_foreign_currency and amount is not null as is_one_currency
    from {{ ref('int_money_days_split') }}
    where role = 'revenue'
),

summed as (
    select
        days_read.account_id,
        days_read.date_day,
        coalesce(sum(aggregates.event_count) filter (where aggregates.is_flow or aggregates.is_message), 0) as orders,
        coalesce(sum(aggregates.sum_value) filter (where aggregates.is_flow), 0) as flow_amount,
        coalesce(sum(aggregates.sum_value) filter (where aggregates.is_message and not aggregates.is_flow), 0)
            as campaign_amount
    from days_read
    inner join metric_days
        on
            days_read.account_id = metric_days.account_id
            and days_read.metric_id = metric_days.metric_id
            and days_read.date_day = metric_days.date_day
    left join aggregates
        on
            days_read.account_id = aggregates.account_id
            and days_read.metric_id = aggregates.metric_id
            and days_read.date_day = aggregates.date_day
    group by days_read.account_id, days_read.date_day
),

final as (
    select
        summed.account_id,
        summed.date_day,
        summed.orders,
        (case when money.is_one_currency then summed.campaign_amount end)::numeric(20, 4) as campaign_amount,
        (case when money.is_one_currency then summed.flow_amount end)::numeric(20, 4) as flow_amount
    from summed
    inner join money on summed.account_id = money.account_id and summed.date_day = money.date_day
)

select * from final
