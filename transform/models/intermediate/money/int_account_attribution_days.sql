-- What Klaviyo credits to messages, by the day of the order. What it credits to none is the rest of the shop's orders.
with

metrics as (
    select * from {{ ref('int_metrics') }} where role = 'revenue'
),

money as (
    select * from {{ ref('int_money_days') }} where role = 'revenue'
),

days_read as (
    select * from {{ ref('int_known_metric_days') }}
    where breakdown = '$attributed_message,$attributed_flow' and bucket = 'day'
),

group_days as (
    select
        account_id,
        metric_id,
        date_day,
        sum(orders) as orders,
        sum(amount) filter (where is_flow) as flow_amount,
        sum(amount) filter (where not is_flow) as campaign_amount
    from {{ ref('int_attribution_groups') }}
    group by account_id, metric_id, date_day
),

-- These amounts are of all currencies. On a day with foreign orders only the events say how much of them is foreign;
-- without the day's events it is unknown, as it is if the revenue itself is.
foreign_days as (
    select
        account_id,
        date_day,
        case when not has_foreign_currency then 0 else foreign_flow_amount end as flow_amount,
        case when not has_foreign_currency then 0 else foreign_campaign_amount end as campaign_amount
    from money
    where amount is not null
),

final as (
    select
        days_read.account_id,
        days_read.date_day,
        coalesce(group_days.orders, 0) as orders,
        (coalesce(group_days.flow_amount, 0) - foreign_days.flow_amount)::numeric(20, 4) as flow_amount,
        (coalesce(group_days.campaign_amount, 0) - foreign_days.campaign_amount)::numeric(20, 4) as campaign_amount
    from days_read
    inner join metrics on days_read.account_id = metrics.account_id and days_read.metric_id = metrics.metric_id
    left join foreign_days
        on days_read.account_id = foreign_days.account_id and days_read.date_day = foreign_days.date_day
    left join group_days
        on
            days_read.account_id = group_days.account_id
            and days_read.metric_id = group_days.metric_id
            and days_read.date_day = group_days.date_day
)

select * from final
