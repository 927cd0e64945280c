{{ config(pre_hook=hash_joins()) }}

-- The orders that Klaviyo credits, by day and message, each to a campaign or to a flow: a flow's message names both
-- message and flow, a campaign's names only the message. If a message that is known says otherwise, it decides: an
-- order that was credited to a campaign's message and to a flow would otherwise be the client's with its flows, and
-- the campaign's as well. A day that was read in part only, and not again, credits nothing: what is there of it would
-- make a row with an unknown number of orders.
with

metrics as (
    select * from {{ ref('int_metrics') }} where role = 'revenue'
),

messages as (
    select
        account_id,
        message_id,
        false as is_flow
    from {{ ref('stg_klaviyo__campaign_messages') }}
    union all
    select
        account_id,
        message_id,
        true as is_flow
    from {{ ref('stg_klaviyo__flow_messages') }}
),

days_read as (
    select * from {{ ref('int_known_metric_days') }}
    where breakdown = '$attributed_message,$attributed_flow' and bucket = 'day'
),

aggregates as (
    select
        *,
        coalesce(dimensions ->> '$attributed_message', '') as message_id,
        coalesce(dimensions ->> '$attributed_flow', '') <> '' as names_flow
    from {{ ref('int_metric_aggregates') }}
    where breakdown = '$attributed_message,$attributed_flow' and bucket = 'day'
)

select
    aggregates.account_id,
    aggregates.metric_id,
    aggregates.date_day,
    aggregates.message_id,
    coalesce(messages.is_flow, aggregates.names_flow) as is_flow,
    sum(aggregates.event_count) as orders,
    sum(aggregates.sum_value) as amount
from aggregates
inner join metrics on aggregates.account_id = metrics.account_id and aggregates.metric_id = metrics.metric_id
inner join days_read
    on
        aggregates.account_id = days_read.account_id
        and aggregates.metric_id = days_read.metric_id
        and aggregates.date_day = days_read.date_day
left join messages
    on aggregates.account_id = messages.account_id and aggregates.message_id = messages.message_id
where aggregates.message_id <> '' or aggregates.names_flow
group by 1, 2, 3, 4, 5
