{{ config(pre_hook=hash_joins()) }}

-- What Klaviyo credits to each message, by the day of the order, in the account's currency. On a day with foreign
-- orders the events say how much of a message's amount is foreign; without all of the day's events it is unknown. A
-- message that was deleted can be credited as a campaign's and as a flow's: each has foreign orders of its own.
with

metrics as (
    select * from {{ ref('int_metrics') }} where role = 'revenue'
),

money as (
    select * from {{ ref('int_money_days') }} where role = 'revenue'
),

foreign_money as (
    select
        events.account_id,
        events.date_day,
        events.message_id,
        split.is_flow,
        sum(split.amount) as amount
    from {{ ref('int_message_event_days') }} as events
    inner join metrics on events.account_id = metrics.account_id and events.metric_id = metrics.metric_id
    cross join
        lateral (
            values (true, events.foreign_flow_amount), (false, events.foreign_campaign_amount)
        ) as split (is_flow, amount)
    where events.has_foreign_currency
    group by events.account_id, events.date_day, events.message_id, split.is_flow
),

credited as (
    select
        account_id,
        date_day,
        message_id,
        is_flow,
        sum(orders) as orders,
        sum(amount) as amount
    from {{ ref('int_attribution_groups') }}
    group by account_id, date_day, message_id, is_flow
),

final as (
    select
        credited.account_id,
        credited.date_day,
        credited.message_id,
        credited.is_flow,
        credited.orders,
        case
            when money.amount is null then null
            when not money.has_foreign_currency then credited.amount
            when money.foreign_flow_amount is not null then credited.amount - coalesce(foreign_money.amount, 0)
        end::numeric(20, 4) as amount
    from credited
    left join money on credited.account_id = money.account_id and credited.date_day = money.date_day
    left join foreign_money
        on
            credited.account_id = foreign_money.account_id
            and credited.date_day = foreign_money.date_day
            and credited.message_id = foreign_money.message_id
            and credited.is_flow = foreign_money.is_flow
)

select * from final
