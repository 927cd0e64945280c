-- The day since which orders follow their touches within another time than before, or at all, or no longer. It is the
-- day that is hardest to explain by chance. If nothing had changed, the k longest delays would be scattered over all N
-- orders that rest on the touch; that they are all among the n of one side has a chance of (n / N) ^ k at most. Where
-- the other side has no such order, they would be scattered over all orders of the channel.
{%- set so_far = 'partition by account_id, channel, touch order by date_day' %}
{%- set before = '(' ~ so_far ~ ' rows between unbounded preceding and 1 preceding)' %}
{%- set from_here = '(' ~ so_far ~ ' desc)' %}
{%- set all = '(partition by account_id, channel, touch)' %}
with

sides as (
    select
        account_id,
        channel,
        touch,
        date_day,
        sum(channel_orders) over {{ all }} as channel_orders,
        sum(orders) over {{ all }} as orders,
        sum(channel_orders) over {{ before }} as channel_before,
        sum(channel_orders) over {{ from_here }} as channel_after,
        sum(orders) over {{ before }} as orders_before,
        sum(orders) over {{ from_here }} as orders_after,
        min(first_place) over {{ before }} as place_before,
        min(first_place) over {{ from_here }} as place_after,
        max(longest_hours) over {{ before }} as longest_before
    from {{ ref('int_touch_days') }}
),

judged as (
    select
        *,
        greatest(
            case
                when orders_after = 0 then orders * ln(channel_orders / channel_before)
                when orders_before > 0 then (place_after - 1) * ln(orders / orders_before)
            end,
            case
                when orders_before = 0 then orders * ln(channel_orders / channel_after)
                when orders_after > 0 then (place_before - 1) * ln(orders / orders_after)
            end
        )::double precision as surprise
    from sides
    where channel_before is not null and orders > 0
)

select distinct on (account_id, channel, touch)
    account_id,
    channel,
    touch,
    date_day as changed_on,
    longest_before::numeric(20, 4) as longest_before
from judged
where surprise >= -ln({{ var('attribution_change_chance') }})
order by account_id asc, channel asc, touch asc, surprise desc, date_day asc
