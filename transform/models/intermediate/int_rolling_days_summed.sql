{{ config(indexes=[{'columns': ['account_id', 'channel', 'window_days', 'date_day']}]) }}

-- Sums over the 7, 28 and 90 days up to each day.
{%- set sums = [
    'delivered', 'opens', 'clicks', 'bot_clicks', 'bounced', 'spam_complaints', 'unsubscribes', 'subscribes',
    'new_openers', 'new_human_openers', 'new_clickers', 'new_human_clickers', 'orders', 'revenue',
    'attributed_orders', 'attributed_revenue', 'campaign_revenue', 'flow_revenue'
] %}
with

days as (
    select
        *,
        date_day - date '2000-01-01' as day_number
    from {{ ref('int_channel_days_combined') }}
),

event_days as (
    select
        account_id,
        min(date_day) as events_from,
        max(date_day) as events_until
    from {{ ref('stg_klaviyo__event_days_read') }}
    group by account_id
),

summed as (
    {%- for window_days in [7, 28, 90] %}
        {%- if not loop.first %}
            union all
        {%- endif %}
        select
            account_id,
            client,
            date_day,
            channel,
            currency,
            is_settled,
            {{ window_days }} as window_days,
            count(*) filter (where not is_missing) over last_days as days_known,
            min(date_day) over last_days as first_day,
            {%- for column in sums %}
                sum({{ column }}) over last_days as {{ column }},
            {%- endfor %}
            regr_slope(attributed_revenue, day_number) over last_days as slope,
            regr_r2(attributed_revenue, day_number) over last_days as r2,
            avg(attributed_revenue) over last_days as mean
        from days
        window
            last_days as (
                partition by account_id, channel
                order by date_day range between interval '{{ window_days - 1 }} days' preceding and current row
            )
    {%- endfor %}
),

final as (
    select
        summed.*,
        summed.days_known = summed.window_days as is_complete,
        coalesce(
            summed.first_day >= event_days.events_from and summed.date_day <= event_days.events_until, false
        ) as has_events
    from summed
    left join event_days using (account_id)
)

select * from final
