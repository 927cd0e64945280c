{{ config(indexes=[{'columns': ['account_id', 'message_id', 'date_day'], 'unique': true}]) }}

{%- set counts = [
    'delivered', 'opens', 'unique_opens', 'clicks', 'unique_clicks', 'bounced', 'spam_complaints', 'unsubscribes',
    'attributed_orders'
] %}
{%- set send_counts = [
    'recipients', 'delivered', 'opens', 'unique_opens', 'clicks', 'unique_clicks', 'bounced', 'unsubscribes',
    'spam_complaints', 'orders'
] %}

-- Side by side: what happened on a day, and what became of the messages sent on that day. Two readings of one date.
with

messages as (
    select * from {{ ref('messages') }} where message_kind = 'flow'
),

days as (
    select * from {{ ref('int_account_days_spined') }}
),

happened as (
    select * from {{ ref('daily_message_metrics') }} where message_kind = 'flow'
),

reported as (
    select
        reports.account_id,
        reports.message_id,
        reports.sent_day as date_day,
        {%- for column in send_counts %}
            sum(reports.{{ column }})::bigint as {{ column }},
        {%- endfor %}
        sum(reports.revenue)::numeric(20, 4) as revenue
    from {{ ref('stg_klaviyo__flow_series') }} as reports
    where reports.recipients > 0 or reports.orders > 0
    group by reports.account_id, reports.message_id, reports.sent_day
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
        {%- for column in counts %}
            coalesce(happened.{{ column }}, 0)::bigint as {{ column }},
        {%- endfor %}
        case when happened.message_id is null then 0 else happened.attributed_revenue end::numeric(20, 4)
            as attributed_revenue,
        {%- for column in send_counts %}
            reported.{{ column }} as send_{{ column }},
        {%- endfor %}
        reported.revenue as send_revenue,
        days.is_settled
    from happened
    full outer join reported using (account_id, message_id, date_day)
    inner join messages using (account_id, message_id)
    inner join days using (account_id, date_day)
)

select * from final
