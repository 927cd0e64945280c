{{ config(materialized='view') }}

-- Rates and people over the 7, 28 and 90 days up to each day. What people did with messages is a share of the window's
-- own deliveries, from single events, and null without them.
with

sums as (
    select * from {{ ref('int_window_sums') }}
),

people as (
    select * from {{ ref('int_window_people') }}
),

answered as (
    select * from {{ ref('int_window_answers') }}
),

unknown as (
    select * from {{ ref('int_unknown_actions') }}
),

channels as (
    select * from {{ ref('int_channel_actions') }}
),

-- Over all channels together, a rate of opens or complaints would be meaningless: SMS have neither.
known as (
    select
        sums.*,
        {%- for column, action, _ in people_measures() %}
            case
                when
                    sums.has_people
                    and {{ "sums.channel = 'all'" if action == 'ordered' else can_be_told(action) }}
                    then coalesce(people.{{ column }}, 0)
            end as {{ column }},
        {%- endfor %}
        {%- for column, action, _ in answers() %}
            case
                when
                    sums.has_events and {{ "sums.channel <> 'all' and " if action in ('opened', 'marked') }}
                    {{- can_be_told(action) }}
                    then coalesce(answered.{{ column }}, 0)
            end as {{ column }},
        {%- endfor %}
        {%- for column in ['clickable_deliveries', 'unsubscribable_deliveries'] %}
            case when sums.has_events and {{ can_be_told('delivered') }} then coalesce(answered.{{ column }}, 0) end
                as {{ column }},
        {%- endfor %}
        unknown.actions && array['delivered', 'opened', 'clicked', 'marked', 'unsubscribed'] as lacks_metric,
        sums.is_complete and sums.has_one_currency and sums.attributed_revenue is not null and sums.window_days >= 28
            as has_line
    from sums
    left join people using (account_id, date_day, channel, window_days)
    left join answered using (account_id, date_day, channel, window_days)
    left join channels using (channel)
    left join unknown using (account_id, channel)
)

select
    *,
    {{ rate('bounced', 'delivered + bounced') }} as bounce_rate,
    {{ rate('opened_deliveries', 'deliveries') }} as open_rate,
    {{ rate('human_opened_deliveries', 'deliveries') }} as human_open_rate,
    {{ rate('clicked_deliveries', 'clickable_deliveries') }} as click_rate,
    {{ rate('human_clicked_deliveries', 'clickable_deliveries') }} as human_click_rate,
    {{ rate('clicked_deliveries', 'opened_deliveries') }} as click_to_open_rate,
    {{ rate('unsubscribed_deliveries', 'unsubscribable_deliveries') }} as unsubscribe_rate,
    {{ rate('complained_deliveries', 'deliveries') }} as spam_complaint_rate,
    {{ rate('attributed_revenue', 'delivered', 'numeric(20, 6)') }} as revenue_per_recipient,
    {{ rate('attributed_revenue', 'revenue') }} as attributed_share,
    {{ rate('flow_revenue', 'attributed_revenue') }} as flow_share,
    case when has_line then case when mean = 0 then 0 else slope / mean end end::numeric(12, 6) as trend_per_day,
    case when has_line then r2 end::numeric(12, 6) as trend_r2
from known
