{{ config(pre_hook=hash_joins(), indexes=[{'columns': ['account_id', 'date_day'], 'unique': true}]) }}
{%- set steps = {
    'viewed_product': 'products_viewed', 'added_to_cart': 'carts', 'started_checkout': 'checkouts', 'revenue': 'orders'
} %}

-- A step that the account has not mapped to a metric is unknown, not 0.
with

days as (
    select * from {{ ref('int_account_days') }}
),

metric_days as (
    select
        account_id,
        date_day,
        role,
        case when bool_and(is_known) then sum(event_count) end as event_count,
        case when bool_and(is_known) and count(*) = 1 then max(unique_profiles) end as people
    from {{ ref('int_metric_days') }}
    where
        role in ('{{ steps.keys() | join("', '") }}')
    group by account_id, date_day, role
),

pivoted as (
    select
        account_id,
        date_day,
    {%- for role, step in steps.items() %}
        (max(event_count) filter (where role = '{{ role }}'))::bigint as {{ step }},
        (max(people) filter (where role = '{{ role }}'))::bigint as {{ step }}_people{{ ',' if not loop.last }}
    {%- endfor %}
    from metric_days
    group by account_id, date_day
)

select
    days.account_id,
    days.client,
    days.date_day,
    {%- for step in steps.values() %}
        pivoted.{{ step }},
    {%- endfor %}
    {%- for step in steps.values() %}
        pivoted.{{ step }}_people,
    {%- endfor %}
    days.is_settled,
    days.is_over
from days
left join pivoted on days.account_id = pivoted.account_id and days.date_day = pivoted.date_day
