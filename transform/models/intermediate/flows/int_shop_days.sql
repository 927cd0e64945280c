-- How much goes on in a shop: less of everything is a quiet shop, and no flow that fell silent.
with

counted as (
    select
        account_id,
        date_day,
        event_count
    from {{ ref('int_metric_days') }}
    where role in ({{ shop_roles() }})

    union all

    select
        account_id,
        date_day,
        event_count
    from {{ ref('int_role_days') }}
    where role = 'email_subscribed'
)

select
    account_id,
    date_day,
    coalesce(sum(event_count), 0) as things
from counted
group by account_id, date_day
