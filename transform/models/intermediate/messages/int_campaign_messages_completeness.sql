-- Campaign messages whose days were read from the send on, and what is missing of them: until nothing is expected to
-- change any more, each day must be there. A send before the first day read is not here at all.
with

messages as (
    select * from {{ ref('int_messages') }} where message_kind = 'campaign'
),

days as (
    select * from {{ ref('int_account_days') }}
),

unread as (
    select * from {{ ref('int_unread_actions') }} where breakdown = '$message'
),

event_days as (
    select * from {{ ref('int_event_days_completeness') }}
),

client_credits as (
    select * from {{ ref('int_account_attribution_days') }}
)

select
    messages.account_id,
    messages.message_id,
    coalesce(messages.channel, 'unknown') as channel,
    array_agg(distinct listed.action) filter (where listed.action is not null) as actions,
    bool_and(event_days.has_events) as has_events,
    bool_and(client_credits.orders is not null) as has_credits
from messages
inner join days
    on
        messages.account_id = days.account_id
        and days.date_day between messages.sent_day and messages.sent_day + {{ var('settle_after_days') }}
inner join event_days on days.account_id = event_days.account_id and days.date_day = event_days.date_day
left join client_credits on days.account_id = client_credits.account_id and days.date_day = client_credits.date_day
left join unread
    on
        days.account_id = unread.account_id
        and days.date_day = unread.date_day
        and coalesce(messages.channel, 'unknown') = unread.channel
left join lateral unnest(unread.actions) as listed (action) on true
group by messages.account_id, messages.message_id, messages.channel, messages.sent_day
having min(days.date_day) = messages.sent_day
