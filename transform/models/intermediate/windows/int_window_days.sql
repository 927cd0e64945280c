-- The days of each channel, and of the client as a whole as the channel `all`, in one shape. What a channel does not
-- know is null.
{%- set summed = window_counts() | map(attribute=0) | list %}
with

channel_days as (
    select
        channel_days.*,
        described.actions
    from {{ ref('int_channel_days') }} as channel_days
    left join {{ ref('int_channel_actions') }} as described using (channel)
    where channel <> 'unknown'
),

client_days as (
    select * from {{ ref('int_client_days') }}
),

-- What one channel should know and does not, all together do not know.
channels_added_up as (
    select
        account_id,
        date_day,
        {%- for column, action in window_counts() %}
            case when bool_and({{ column }} is not null or '{{ action }}' <> all(actions)) then sum({{ column }}) end
                as {{ column }},
        {%- endfor %}
        bool_and(is_whole) as is_whole
    from channel_days
    group by account_id, date_day
)

select
    account_id, client, date_day, channel, currency, {{ summed | join(', ') }},
    null::bigint as orders, null::numeric as revenue,
    attributed_orders, attributed_revenue, campaign_revenue, flow_revenue, is_settled, is_over, is_whole
from channel_days

union all

select
    account_id, client_days.client, date_day, 'all' as channel, client_days.currency,
    {%- for column in summed %}
        channels_added_up.{{ column }},
    {%- endfor %}
    client_days.orders, client_days.revenue,
    client_days.attributed_orders, client_days.attributed_revenue, client_days.campaign_revenue,
    client_days.flow_revenue, client_days.is_settled, client_days.is_over,
    client_days.is_whole and coalesce(channels_added_up.is_whole, true) as is_whole
from client_days
left join channels_added_up using (account_id, date_day)
