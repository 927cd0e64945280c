{{ config(pre_hook=hash_joins()) }}

-- A whole table on every run: it is a row per account and day. Its counts (`email_delivered`, …) are listed in
-- macros/measures.sql.
with

days as (
    select * from {{ ref('int_account_days_completeness') }}
),

role_days as (
    select * from {{ ref('int_role_days') }}
),

money as (
    select
        account_id,
        date_day,
        (max(amount) filter (where role = 'revenue'))::numeric(20, 4) as revenue,
        (max(amount) filter (where role = 'refund'))::numeric(20, 4) as refund
    from {{ ref('int_money_days') }}
    group by account_id, date_day
),

rates as (
    select * from {{ ref('int_fx_rates_daily') }}
),

attribution as (
    select * from {{ ref('int_account_attribution_days') }}
),

roles_as_columns as (
    select
        account_id,
        date_day,
        {%- for column, role, is_additive in client_counts() %}
            max({{ 'event_count' if is_additive else 'unique_profiles' }}) filter (where role = '{{ role }}')::bigint
                as {{ column }},
        {%- endfor %}
        max(event_count) filter (where role = 'revenue')::bigint as orders
    from role_days
    group by account_id, date_day
)

select
    days.account_id,
    days.client,
    days.date_day,
    days.currency,
    {%- for column, _, _ in client_counts() if not column.endswith('_subscribes') %}
        roles_as_columns.{{ column }},
    {%- endfor %}
    (roles_as_columns.email_subscribes + roles_as_columns.sms_subscribes)::bigint as subscribes,
    roles_as_columns.orders,
    money.revenue,
    money.refund as refunds,
    attribution.orders::bigint as attributed_orders,
    (attribution.campaign_amount + attribution.flow_amount)::numeric(20, 4) as attributed_revenue,
    attribution.campaign_amount as campaign_revenue,
    attribution.flow_amount as flow_revenue,
    days.is_settled,
    days.is_missing,
    '{{ var("reporting_currency") }}' as reporting_currency,
    rates.reporting_rate,
    (money.revenue * rates.reporting_rate)::numeric(20, 4) as revenue_reporting,
    ((attribution.campaign_amount + attribution.flow_amount) * rates.reporting_rate)::numeric(20, 4)
        as attributed_revenue_reporting,
    days.is_over,
    days.is_whole
from days
inner join roles_as_columns
    on days.account_id = roles_as_columns.account_id and days.date_day = roles_as_columns.date_day
left join money on days.account_id = money.account_id and days.date_day = money.date_day
left join rates on days.account_id = rates.account_id and days.date_day = rates.date_day
left join attribution on days.account_id = attribution.account_id and days.date_day = attribution.date_day
