-- Evidence of an account's settings: of each day with credited orders in a channel, how many there were, and the
-- longest time from each kind of touch to its order. Only the last 90 days, for a setting of long ago tells nothing of
-- today; and not the first 30, because the touches of their orders may be older than what is loaded.
with

bounds as (
    select
        account_id,
        greatest(min(date_day) + 30, max(date_day) - 89) as first_day
    from {{ ref('int_event_days_completeness') }}
    where has_events
    group by account_id
),

credits as (
    select
        credits.*,
        rank() over (
            partition by credits.account_id, credits.touch_channel, credits.touch order by credits.hours desc
        ) as place
    from {{ ref('int_credits') }} as credits
    inner join bounds on credits.account_id = bounds.account_id
    where credits.hours is not null and credits.date_day >= bounds.first_day
),

channel_days as (
    select
        account_id,
        client,
        touch_channel as channel,
        date_day,
        count(*) as channel_orders
    from credits
    group by account_id, client, touch_channel, date_day
),

touches as (
    select
        actions.channel,
        kinds.touch
    from {{ ref('int_channel_actions') }} as actions
    cross join (
        values
        ('human_click', 'clicked'), ('bot_click', 'clicked'), ('human_open', 'opened'),
        ('machine_open', 'opened'), ('delivery_only', 'delivered')
    ) as kinds (touch, action)
    where kinds.action = any(actions.actions)
)

select
    channel_days.account_id,
    channel_days.client,
    channel_days.channel,
    touches.touch,
    channel_days.date_day,
    channel_days.channel_orders,
    count(credits.hours) as orders,
    max(credits.hours)::numeric(20, 4) as longest_hours,
    min(credits.place) as first_place
from channel_days
inner join touches using (channel)
left join credits
    on
        channel_days.account_id = credits.account_id
        and channel_days.channel = credits.touch_channel
        and channel_days.date_day = credits.date_day
        and touches.touch = credits.touch
group by 1, 2, 3, 4, 5, 6
