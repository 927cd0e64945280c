-- The messages against the client. An order has one place: campaigns' messages and flows' messages add up to what the
-- client has of each, and together to what is credited at all. An order of a message that no longer exists counts only
-- in the last.
{%- set revenues = ['attributed_revenue', 'campaign_revenue', 'flow_revenue'] %}
with

client_days as (
    select * from {{ ref('int_client_days') }}
),

unread as (
    select * from {{ ref('int_unread_actions') }}
    where breakdown = '$message' and channel = 'email' and 'delivered' = any(actions)
),

message_days as (
    select
        account_id,
        date_day,
        sum(delivered) filter (where channel = 'email') as email_delivered,
        sum(attributed_revenue) as attributed_revenue,
        sum(attributed_revenue) filter (where message_kind = 'campaign') as campaign_revenue,
        sum(attributed_revenue) filter (where message_kind = 'flow') as flow_revenue,
        bool_and(attributed_revenue is not null) as is_known,
        bool_or(message_kind is null and attributed_revenue <> 0) as has_unknown_messages
    from {{ ref('int_message_days') }}
    group by account_id, date_day
)

select
    account_id,
    date_day,
    'messages_against_client' as comparison,
    'email_delivered' as role,
    'count' as measure,
    client_days.email_delivered as reference_value,
    coalesce(message_days.email_delivered, 0) as compared_value
from client_days
left join message_days using (account_id, date_day)
left join unread using (account_id, date_day)
where client_days.email_delivered is not null and unread.account_id is null
{%- for revenue in revenues %}
    union all
    select
        account_id,
        date_day,
        'messages_against_client' as comparison,
        '{{ revenue }}' as role,
        'value' as measure,
        client_days.{{ revenue }} as reference_value,
        coalesce(message_days.{{ revenue }}, 0) as compared_value
    from client_days
    left join message_days using (account_id, date_day)
    where
        client_days.{{ revenue }} is not null
        and message_days.is_known is not false
        {{ 'and message_days.has_unknown_messages is not true' if not loop.first }}
{%- endfor %}
