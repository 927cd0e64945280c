{{ config(
    materialized='incremental',
    incremental_strategy='replace_windows',
    indexes=[
        {'columns': ['account_id', 'date_day', 'channel', 'window_days'], 'unique': true},
        {'columns': ['window_days', 'channel', 'date_day']}
    ]
) }}

{%- set compared = [
    'delivered', 'open_rate', 'click_rate', 'bounce_rate', 'spam_complaint_rate', 'unsubscribe_rate', 'orders', 'revenue',
    'attributed_revenue'
] %}

-- A window that is not complete is not compared with, and has no trend: what is missing would look like a fall.
with

changes as (
    {{ windows_changed_since_last_build() }}
),

windows as (
    {{ rows_since_change(ref('int_window_rates')) }}
),

complete_windows as (
    select * from {{ ref('int_window_rates') }} where is_complete
)

select
    windows.account_id,
    windows.client,
    windows.date_day,
    windows.channel,
    windows.window_days,
    windows.currency,
    windows.days_known::int as days_known,
    windows.is_complete,
    windows.is_settled,
    {%- for column in window_counts() | map(attribute=0) | list + ['orders', 'attributed_orders'] %}
        windows.{{ column }}::bigint as {{ column }},
    {%- endfor %}
    {%- for column in ['revenue', 'attributed_revenue', 'campaign_revenue', 'flow_revenue'] %}
        windows.{{ column }}::numeric(20, 4) as {{ column }},
    {%- endfor %}
    {%- for column, _, _ in people_measures() %}
        windows.{{ column }} as unique_{{ column }},
    {%- endfor %}
    {%- for column in [
        'bounce_rate', 'open_rate', 'human_open_rate', 'click_rate', 'human_click_rate', 'click_to_open_rate',
        'unsubscribe_rate', 'spam_complaint_rate', 'revenue_per_recipient', 'attributed_share', 'flow_share'
    ] %}
        windows.{{ column }},
    {%- endfor %}
    {%- for name, source in [('previous', 'before'), ('year_ago', 'last_year')] %}
        {%- for column in compared %}
            {%- if 'revenue' in column %}
                case
                    when coalesce({{ source }}.currency, '') = coalesce(windows.currency, '')
                        then {{ source }}.{{ column }}
                end::numeric(20, 4) as {{ name }}_{{ column }},
            {%- else %}
                {{ source }}.{{ column }}{{ '::bigint' if column in ('delivered', 'orders') }}
                    as {{ name }}_{{ column }},
            {%- endif %}
        {%- endfor %}
    {%- endfor %}
    case
        when windows.trend_per_day is null then null
        when windows.trend_r2 < 0.3 or abs(windows.trend_per_day) * windows.window_days < 0.1 then 'flat'
        when windows.trend_per_day > 0 then 'up'
        else 'down'
    end as trend,
    windows.trend_per_day,
    windows.trend_r2,
    windows.newest_change as changed_at,
    {%- for column in answers() | map(attribute=0) | list + [
        'clickable_deliveries', 'unsubscribable_deliveries'
    ] %}
        windows.{{ column }}::bigint as {{ column }},
    {%- endfor %}
    case
        when not windows.has_events then 'Single events are not loaded for all days of the window.'
        when windows.lacks_metric then 'A metric that would tell is missing, see role_coverage.'
        when windows.deliveries = 0 then 'Nothing was delivered within the window.'
    end as rate_reason,
    case
        when not windows.has_one_currency then 'The account changed its currency within the window.'
        when windows.attributed_revenue is null or (windows.channel = 'all' and windows.revenue is null)
            then 'An amount is not known on a day of the window.'
    end as money_reason
from windows
left join complete_windows as before
    on
        windows.account_id = before.account_id
        and windows.channel = before.channel
        and windows.window_days = before.window_days
        and windows.date_day - windows.window_days = before.date_day
left join complete_windows as last_year
    on
        windows.account_id = last_year.account_id
        and windows.channel = last_year.channel
        and windows.window_days = last_year.window_days
        and windows.date_day - 364 = last_year.date_day
