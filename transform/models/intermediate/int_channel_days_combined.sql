-- The days of each channel, and of the client as a whole as the channel `all`, in one shape. `first_…` are people who
-- did it for the first time since a message was delivered to them: they may be summed. `clickable` and `unsubscribable`
-- are the delivered messages that a click or a departure can come from. All are null in a channel that knows no such
-- thing.
{%- set counts = {
    'delivered': 'delivered', 'opens': 'opened', 'clicks': 'clicked', 'bot_clicks': 'clicked', 'bounced': 'bounced',
    'spam_complaints': 'marked', 'unsubscribes': 'unsubscribed', 'subscribes': 'subscribed'
} %}
{%- set firsts = {
    'first_opens': ('answering_people', 'opened'), 'first_human_opens': ('answering_human_people', 'opened'),
    'first_clicks': ('answering_people', 'clicked'), 'first_human_clicks': ('answering_human_people', 'clicked')
} %}
{%- set bases = {'clickable': 'clicked', 'unsubscribable': 'unsubscribed'} %}
{%- set actions = dict(counts, **bases) %}
{%- set summed = counts.keys() | list + firsts.keys() | list + bases.keys() | list %}
with

channel_days as (
    select * from {{ ref('daily_channel_metrics') }} where channel <> 'unknown'
),

client_days as (
    select * from {{ ref('daily_client_metrics') }}
),

answers as (
    select
        account_id,
        date_day,
        channel,
    {%- for column, (people, action) in firsts.items() %}
        sum({{ people }}) filter (where action = '{{ action }}') as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
    from {{ ref('int_message_people_counted') }}
    group by account_id, date_day, channel
),

channels as (
    select
        channel_days.*,
        {%- for column, (_, action) in firsts.items() %}
            case when {{ knows('described', action) }} then coalesce(answers.{{ column }}, 0) end as {{ column }},
        {%- endfor %}
        {%- for column, action in bases.items() %}
            case when {{ knows('described', action) }} then channel_days.delivered end as {{ column }},
        {%- endfor %}
        described.actions
    from channel_days
    left join {{ ref('int_channels_described') }} as described using (channel)
    left join answers using (account_id, date_day, channel)
),

-- What one channel should know and does not, all together do not know.
channels_added_up as (
    select
        account_id,
        date_day,
    {%- for column in summed %}
        {%- set action = actions[column] or firsts[column][1] %}
        case when bool_and({{ column }} is not null or '{{ action }}' <> all(actions)) then sum({{ column }}) end
            as {{ column }}{{ ',' if not loop.last }}
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
