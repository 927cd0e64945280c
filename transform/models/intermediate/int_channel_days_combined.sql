-- The days of each channel, and of the client as a whole as the channel `all`, in one shape. `new_…` are people who
-- did it for the first time with a message: they may be summed. They are null in a channel that knows no such thing.
{%- set counts = [
    'delivered', 'opens', 'clicks', 'bot_clicks', 'bounced', 'spam_complaints', 'unsubscribes', 'subscribes'
] %}
{%- set firsts = [
    ('new_openers', 'new_people', 'opened'),
    ('new_human_openers', 'new_human_people', 'opened'),
    ('new_clickers', 'new_people', 'clicked'),
    ('new_human_clickers', 'new_human_people', 'clicked'),
] %}
{%- set summed = counts + firsts | map(attribute=0) | list %}
with

channel_days as (
    select * from {{ ref('daily_channel_metrics') }} where channel <> 'unknown'
),

client_days as (
    select * from {{ ref('daily_client_metrics') }}
),

described as (
    select * from {{ ref('int_channels_described') }}
),

new_people as (
    select
        account_id,
        date_day,
        channel,
    {%- for column, people, action in firsts %}
        sum({{ people }}) filter (where action = '{{ action }}') as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
    from {{ ref('int_message_people_counted') }}
    group by account_id, date_day, channel
),

channels as (
    select
        channel_days.*,
    {%- for column, _, action in firsts %}
        case when '{{ action }}' = any(described.actions) then coalesce(new_people.{{ column }}, 0) end as {{ column }}
        {{- ',' if not loop.last }}
    {%- endfor %}
    from channel_days
    inner join described using (channel)
    left join new_people using (account_id, date_day, channel)
),

channels_added_up as (
    select
        account_id,
        date_day,
    {%- for column in summed %}
        sum({{ column }}) as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
    from channels
    group by account_id, date_day
)

select
    account_id, client, date_day, channel, currency, {{ summed | join(', ') }},
    null::bigint as orders, null::numeric as revenue,
    attributed_orders, attributed_revenue, campaign_revenue, flow_revenue, is_settled, is_missing
from channels

union all

select
    account_id, client_days.client, date_day, 'all' as channel, client_days.currency,
    {%- for column in summed %}
        channels_added_up.{{ column }},
    {%- endfor %}
    client_days.orders, client_days.revenue,
    client_days.attributed_orders, client_days.attributed_revenue, client_days.campaign_revenue,
    client_days.flow_revenue, client_days.is_settled, client_days.is_missing
from client_days
left join channels_added_up using (account_id, date_day)
