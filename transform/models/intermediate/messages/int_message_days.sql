{{ config(pre_hook=hash_joins()) }}

with

days as (
    select * from {{ ref('int_account_days') }}
),

messages as (
    select * from {{ ref('int_messages') }}
),

channels as (
    select * from {{ ref('int_channel_actions') }}
),

unknown as (
    select * from {{ ref('int_unknown_actions') }}
),

unread as (
    select * from {{ ref('int_unread_actions') }} where breakdown = '$message'
),

happened as (
    select * from {{ ref('int_message_aggregate_days') }}
),

credits as (
    select
        account_id,
        message_id,
        date_day,
        sum(orders) as orders,
        case when bool_and(amount is not null) then sum(amount) end as amount
    from {{ ref('int_message_attribution_days') }}
    group by account_id, message_id, date_day
),

-- Without a credit a message has 0, on days that Klaviyo was asked about at all.
client_credits as (
    select * from {{ ref('int_account_attribution_days') }}
),

answered as (
    select * from {{ ref('int_message_delivery_days') }}
),

event_days as (
    select * from {{ ref('int_event_days_completeness') }}
),

final as (
    select
        days.account_id,
        days.client,
        message_id,
        days.date_day,
        messages.message_kind,
        coalesce(messages.channel, 'unknown') as channel,
        days.currency,
        {%- for measure in message_counts() %}
            {{ known_count('happened', measure.column, measure.action) }} as {{ measure.column }},
        {%- endfor %}
        case when client_credits.orders is not null then coalesce(credits.orders, 0) end::bigint as attributed_orders,
        case
            when client_credits.orders is null then null
            when credits.account_id is null then 0
            else credits.amount
        end::numeric(20, 4) as attributed_revenue,
        {%- for column, action, _ in answers() %}
            {{ known_answer(column, action) }} as {{ column }},
        {%- endfor %}
        days.is_settled,
        days.is_over
    from happened
    full outer join credits using (account_id, message_id, date_day)
    inner join days using (account_id, date_day)
    left join client_credits using (account_id, date_day)
    left join event_days using (account_id, date_day)
    left join answered using (account_id, message_id, date_day)
    left join messages using (account_id, message_id)
    left join channels on coalesce(messages.channel, 'unknown') = channels.channel
    left join unknown on days.account_id = unknown.account_id and channels.channel = unknown.channel
    left join unread
        on
            days.account_id = unread.account_id
            and days.date_day = unread.date_day
            and channels.channel = unread.channel
)

select * from final
