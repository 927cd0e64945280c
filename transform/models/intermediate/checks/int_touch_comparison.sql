{{ config(pre_hook=hash_joins()) }}

-- What credits rest on, from single events, against what Klaviyo's aggregates credit. Only days of which both were
-- read.
with

client_days as (
    select * from {{ ref('int_client_days') }}
),

days_read as (
    select
        account_id,
        date_day
    from {{ ref('int_event_day_reads') }} as days_read
    inner join {{ ref('int_event_days_completeness') }} as event_days using (account_id, date_day)
    where days_read.complete_since is not null and event_days.has_events
),

credits as (
    select
        account_id,
        date_day,
        count(*) as orders,
        sum(own_amount) as revenue
    from {{ ref('int_credits') }}
    group by account_id, date_day
)

select
    account_id,
    date_day,
    'touches_against_client' as comparison,
    compared.role,
    compared.measure,
    compared.reference_value,
    compared.compared_value
from client_days
inner join days_read using (account_id, date_day)
left join credits using (account_id, date_day)
cross join
    lateral (
        values
        ('attributed_orders', 'count', client_days.attributed_orders::numeric, coalesce(credits.orders, 0)::numeric),
        ('attributed_revenue', 'value', client_days.attributed_revenue, coalesce(credits.revenue, 0))
    ) as compared (role, measure, reference_value, compared_value)
where compared.reference_value is not null
