{{ config(indexes=[
    {'columns': ['account_id', 'date_day', 'channel', 'message_kind', 'touch'], 'unique': true}
]) }}

select
    account_id,
    client,
    date_day,
    channel,
    message_kind,
    touch,
    currency,
    count(*) as orders,
    sum(own_amount)::numeric(20, 4) as revenue,
    count(*) filter (where hours <= 24) as orders_within_24_hours,
    coalesce(sum(own_amount) filter (where hours <= 24), 0)::numeric(20, 4) as revenue_within_24_hours,
    is_settled
from {{ ref('int_credits') }}
group by account_id, client, date_day, channel, message_kind, touch, currency, is_settled
