-- The days of each channel, and of the client as a whole as the channel `all`, in one shape. `new_…` are people who
-- did it for the first time with a message: they may be summed.
{%- set counts = [
    'delivered', 'opens', 'clicks', 'bot_clicks', 'bounced', 'spam_complaints', 'unsubscribes', 'subscribes'
] %}
with

channel_days as (
    select * from {{ ref('daily_channel_metrics') }} where channel <> 'unknown'
),

client_days as (
    select * from {{ ref('daily_client_metrics') }}
),

new_people as (
    select
        account_id,
        date_day,
        channel,
        sum(new_people) filter (where action = 'opened') as new_openers,
        sum(new_human_people) filter (where action = 'opened') as new_human_openers,
        sum(new_people) filter (where action = 'clicked') as new_clickers,
        sum(new_human_people) filter (where action = 'clicked') as new_human_clickers
    from {{ ref('int_message_people_counted') }}
    group by account_id, date_day, channel
),

channels as (
    select
        channel_days.*,
        coalesce(new_people.new_openers, 0) as new_openers,
        coalesce(new_people.new_human_openers, 0) as new_human_openers,
        coalesce(new_people.new_clickers, 0) as new_clickers,
        coalesce(new_people.new_human_clickers, 0) as new_human_clickers
    from channel_days
    left join new_people using (account_id, date_day, channel)
),

channels_added_up as (
    select
        account_id,
        date_day,
    {%- for column in counts + ['new_openers', 'new_human_openers', 'new_clickers', 'new_human_clickers'] %}
        sum({{ column }}) as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
    from channels
    group by account_id, date_day
)

select
    account_id, client, date_day, channel, currency, {{ counts | join(', ') }},
    new_openers, new_human_openers, new_clickers, new_human_clickers,
    null::bigint as orders, null::numeric as revenue,
    attributed_orders, attributed_revenue, campaign_revenue, flow_revenue, is_settled, is_missing
from channels

union all

select
    account_id, client_days.client, date_day, 'all' as channel, client_days.currency,
    {%- for column in counts + ['new_openers', 'new_human_openers', 'new_clickers', 'new_human_clickers'] %}
        channels_added_up.{{ column }},
    {%- endfor %}
    client_days.orders, client_days.revenue,
    client_days.attributed_orders, client_days.attributed_revenue, client_days.campaign_revenue,
    client_days.flow_revenue, client_days.is_settled, client_days.is_missing
from client_days
left join channels_added_up using (account_id, date_day)
