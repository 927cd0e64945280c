{{ config(
    materialized='incremental',
    incremental_strategy='replace_windows',
    indexes=[
        {'columns': ['account_id', 'date_day', 'channel', 'window_days'], 'unique': true}
    ]
) }}

-- Sums over the 7, 28 and 90 days up to each day. A day that lacks something, or was not over, is left out of all of
-- them, or a numerator would meet a denominator of other days; and what is unknown on any other day is unknown in sum,
-- like amounts in two currencies.
{%- set sums = window_counts() | map(attribute=0) | list + ['orders', 'attributed_orders'] %}
{%- set amounts = ['revenue', 'attributed_revenue', 'campaign_revenue', 'flow_revenue'] %}
with

changes as (
    {{ windows_changed_since_last_build() }}
),

event_days as (
    select * from {{ ref('int_event_days_completeness') }}
),

days as (
    select
        combined.*,
        event_days.has_events as has_events_of_day,
        date_day - date '2000-01-01' as day_number
    from ({{ rows_since_change(ref('int_window_days'), 89) }}) as combined
    inner join event_days using (account_id, date_day)
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
            first_day,
            newest_change,
            {{ window_days }} as window_days,
            count(*) filter (where is_whole) over last_days as days_known,
            bool_and(has_events_of_day) over last_days as has_events,
            count(*) filter (where has_events_of_day and is_over) over last_days = {{ window_days }} as has_people,
            coalesce(min(currency) over last_days, '') = coalesce(max(currency) over last_days, '') as has_one_currency,
            {%- for column in sums + amounts %}
                case
                    when bool_and({{ column }} is not null) filter (where is_whole) over last_days
                        then sum({{ column }}) filter (where is_whole) over last_days
                end as {{ column }},
            {%- endfor %}
            regr_slope(attributed_revenue, day_number) filter (where is_whole) over last_days as slope,
            regr_r2(attributed_revenue, day_number) filter (where is_whole) over last_days as r2,
            avg(attributed_revenue) filter (where is_whole) over last_days as mean
        from days
        window
            last_days as (
                partition by account_id, channel
                order by date_day range between interval '{{ window_days - 1 }} days' preceding and current row
            )
    {%- endfor %}
)

select
    account_id, client, date_day, channel, window_days, currency, is_settled, days_known,
    days_known = window_days as is_complete,
    has_events, has_people, has_one_currency, {{ sums | join(', ') }},
    {%- for column in amounts %}
        case when has_one_currency then {{ column }} end as {{ column }},
    {%- endfor %}
    slope, r2, mean, newest_change as changed_at
from summed
where date_day >= first_day
