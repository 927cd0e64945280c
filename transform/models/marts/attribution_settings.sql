{{ config(indexes=[{'columns': ['account_id', 'channel', 'touch'], 'unique': true}]) }}

with

days as (
    select
        account_id,
        days.client,
        channel,
        touch,
        changes.changed_on,
        changes.longest_before,
        days.date_day,
        days.channel_orders,
        days.orders,
        days.longest_hours
    from {{ ref('int_touch_days') }} as days
    left join {{ ref('int_setting_changes') }} as changes using (account_id, channel, touch)
    where changes.changed_on is null or days.date_day >= changes.changed_on
)

select
    account_id,
    client,
    channel,
    touch,
    min(date_day) as seen_from,
    max(date_day) as seen_until,
    sum(channel_orders)::bigint as channel_orders,
    sum(orders)::bigint as orders,
    case
        when sum(orders) > 0 then true
        when sum(channel_orders) >= {{ var('attribution_minimum_orders') }} then false
    end as is_credited,
    max(longest_hours)::numeric(20, 4) as longest_hours,
    ceil(max(longest_hours))::int as window_hours,
    changed_on,
    case
        when changed_on is null then null
        when max(longest_hours) is null then 'no longer credited'
        when longest_before is null then 'credited'
        when max(longest_hours) < longest_before then 'shorter window'
        else 'longer window'
    end as change,
    ceil(longest_before)::int as earlier_window_hours
from days
group by account_id, client, channel, touch, changed_on, longest_before
