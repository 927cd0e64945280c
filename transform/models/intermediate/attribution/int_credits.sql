{{ config(materialized='view') }}

-- Credited orders with the message that has the credit, on days of which all events are loaded: of another day, a sum
-- would be a part of it. Message and channel are found as for Klaviyo's own sums (int_attribution_groups,
-- int_channel_attribution_days), so that the touches add up to them.
with

orders as (
    select * from {{ ref('int_credited_orders') }}
),

days as (
    select * from {{ ref('int_account_days') }}
),

messages as (
    select * from {{ ref('int_messages') }}
)

select
    account_id,
    days.client,
    date_day,
    days.currency,
    days.is_settled,
    case when messages.channel = 'mixed' then 'unknown' else coalesce(messages.channel, 'unknown') end as channel,
    coalesce(
        messages.message_kind, case when orders.is_attributed_to_flow then 'flow' else 'campaign' end
    ) as message_kind,
    messages.campaign_id,
    messages.flow_id,
    messages.parent_name,
    orders.touch,
    orders.touch_channel,
    orders.hours,
    orders.own_amount
from orders
inner join days using (account_id, date_day)
inner join {{ ref('int_event_days_completeness') }} as event_days using (account_id, date_day)
left join messages using (account_id, message_id)
where event_days.has_events
