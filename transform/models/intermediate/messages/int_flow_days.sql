-- Both what happened on a day (event-dated) and what became of the messages sent on that day (send-dated).
with

messages as (
    select * from {{ ref('int_messages') }} where message_kind = 'flow'
),

days as (
    select * from {{ ref('int_account_days') }}
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
    select * from {{ ref('int_message_days') }} where message_kind = 'flow'
),

client_credits as (
    select * from {{ ref('int_account_attribution_days') }}
),

answered as (
    select * from {{ ref('int_message_delivery_days') }}
),

event_days as (
    select * from {{ ref('int_event_days_completeness') }}
),

reported as (
    select * from {{ ref('int_flow_reports') }}
),

final as (
    select
        days.account_id,
        days.client,
        messages.flow_id,
        messages.parent_name as flow_name,
        message_id,
        messages.message_name,
        messages.channel,
        messages.status as flow_status,
        days.date_day,
        days.currency,
        {%- for measure in message_counts() %}
            {{ known_count('happened', measure.column, measure.action) }} as {{ measure.column }},
        {%- endfor %}
        case
            when happened.account_id is not null then happened.attributed_orders
            when client_credits.orders is not null then 0
        end as attributed_orders,
        case
            when happened.account_id is not null then happened.attributed_revenue
            when client_credits.orders is not null then 0
        end::numeric(20, 4) as attributed_revenue,
        {%- for column in report_counts() %}
            reported.{{ column }}::bigint as send_{{ column }},
        {%- endfor %}
        reported.revenue::numeric(20, 4) as send_revenue,
        {{ report_costs('reported') }},
        {%- for column, action, _ in answers() %}
            {{ known_answer(column, action) }} as {{ column }},
        {%- endfor %}
        days.is_settled,
        days.is_over
    from happened
    full outer join reported using (account_id, message_id, date_day)
    inner join messages using (account_id, message_id)
    inner join days using (account_id, date_day)
    left join client_credits using (account_id, date_day)
    left join event_days using (account_id, date_day)
    left join answered using (account_id, message_id, date_day)
    left join channels on coalesce(messages.channel, 'unknown') = channels.channel
    left join unknown on days.account_id = unknown.account_id and channels.channel = unknown.channel
    left join unread
        on
            days.account_id = unread.account_id
            and days.date_day = unread.date_day
            and channels.channel = unread.channel
)

select * from final
