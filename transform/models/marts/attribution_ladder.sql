{{ config(indexes=[
    {'columns': ['account_id', 'date_day', 'window_days'], 'unique': true},
    {'columns': ['window_days', 'date_day']}
]) }}

-- A window is whole or unknown: a rung of fewer days would look like a stricter rule.
with

days as (
    select * from {{ ref('int_ladder_days') }}
),

summed as (
    {%- for window_days in [7, 28, 90] %}
        {%- if not loop.first %}
            union all
        {%- endif %}
        select
            *,
            {{ window_days }} as window_days,
            count(*) filter (where is_known) over last_days = {{ window_days }} as is_complete,
            min(currency) over last_days = max(currency) over last_days as has_one_currency,
        {%- for rung, _ in ladder_rungs() %}
            sum({{ rung }}_orders) over last_days as orders_{{ loop.index }},
            sum({{ rung }}_revenue) over last_days as revenue_{{ loop.index }}{{ ',' if not loop.last }}
        {%- endfor %}
        from days
        window
            last_days as (
                partition by account_id
                order by date_day range between interval '{{ window_days - 1 }} days' preceding and current row
            )
    {%- endfor %}
)

select
    account_id,
    client,
    date_day,
    window_days,
    currency,
    is_settled,
    is_complete,
    {%- for rung, _ in ladder_rungs() %}
        (case when is_complete then orders_{{ loop.index }} end)::bigint as {{ rung }}_orders,
    {%- endfor %}
{%- for rung, _ in ladder_rungs() %}
    (case when is_complete and has_one_currency then revenue_{{ loop.index }} end)::numeric(20, 4)
        as {{ rung }}_revenue{{ ',' if not loop.last }}
{%- endfor %}
from summed
