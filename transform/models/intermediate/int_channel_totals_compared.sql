-- The channels, and the messages, against the client: sums of parts that Klaviyo counted one by one.
with

client_days as (
    select * from {{ ref('daily_client_metrics') }}
),

channel_days as (
    select
        account_id,
        date_day,
        sum(delivered) filter (where channel = 'email') as email_delivered,
        sum(attributed_revenue) as attributed_revenue,
        bool_and(attributed_revenue is not null) as is_known
    from {{ ref('daily_channel_metrics') }}
    group by account_id, date_day
),

unread as (
    select * from {{ ref('int_channel_actions_unread') }}
    where breakdown = '$message' and channel = 'email' and 'delivered' = any(actions)
),

message_days as (
    select
        account_id,
        date_day,
        sum(delivered) filter (where channel = 'email') as email_delivered
    from {{ ref('daily_message_metrics') }}
    group by account_id, date_day
)

select
    account_id,
    date_day,
    'channels_against_client' as comparison,
    'attributed_revenue' as role,
    'value' as measure,
    client_days.attributed_revenue as reference_value,
    channel_days.attributed_revenue as compared_value
from client_days
inner join channel_days using (account_id, date_day)
where channel_days.is_known and client_days.attributed_revenue is not null
union all
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
