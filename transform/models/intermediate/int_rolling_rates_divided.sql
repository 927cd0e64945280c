{{ config(materialized='view') }}

-- Rates and people over the 7, 28 and 90 days up to each day. Opens and clicks as a share of messages need single
-- events, and are null without; somebody is in them once for each time that a message was delivered to them.
with

sums as (
    select
        *,
        -- Texts have neither opens nor complaints: over all channels together, their rates would say nothing.
        has_events and channel <> 'all' as has_opens
    from {{ ref('int_rolling_days_summed') }}
),

people as (
    select * from {{ ref('int_rolling_people_counted') }}
),

final as (
    select
        sums.*,
        {%- for column, action, _ in people_measures() %}
            case
                when sums.has_events and {{ {
                    'opened': 'sums.first_opens is not null',
                    'clicked': 'sums.first_clicks is not null',
                    'ordered': "sums.channel = 'all'",
                }.get(action, 'true') }}
                    then coalesce(people.{{ column }}, 0)
            end as {{ column }},
        {%- endfor %}
        {{ rate('sums.bounced', 'sums.delivered + sums.bounced') }} as bounce_rate,
        {{ rate('case when sums.has_opens then sums.first_opens end', 'sums.delivered') }} as open_rate,
        {{ rate('case when sums.has_opens then sums.first_human_opens end', 'sums.delivered') }} as human_open_rate,
        {{ rate('case when sums.has_events then sums.first_clicks end', 'sums.clickable') }} as click_rate,
        {{ rate('case when sums.has_events then sums.first_human_clicks end', 'sums.clickable') }} as human_click_rate,
        {{ rate('case when sums.has_opens then sums.first_clicks end', 'sums.first_opens') }} as click_to_open_rate,
        {{ rate('sums.unsubscribes', 'sums.unsubscribable') }} as unsubscribe_rate,
        {{ rate("case when sums.channel <> 'all' then sums.spam_complaints end", 'sums.delivered') }}
            as spam_complaint_rate,
        {{ rate('sums.attributed_revenue', 'sums.delivered', 'numeric(20, 6)') }} as revenue_per_recipient,
        {{ rate('sums.attributed_revenue', 'sums.revenue') }} as attributed_share,
        {{ rate('sums.flow_revenue', 'sums.attributed_revenue') }} as flow_share,
        {{ rate('sums.slope', 'sums.mean') }} as trend_per_day,
        sums.r2::numeric(12, 6) as trend_r2
    from sums
    left join people using (account_id, date_day, channel, window_days)
)

select * from final
