-- The weeks and months of an account that are over, and all of whose days are there: what a report can be about.
with

days as (
    select * from {{ ref('int_account_days_completeness') }}
),

kinds as (
    select 'week' as period
    union all
    select 'month'
),

grouped as (
    select
        days.account_id,
        kinds.period,
        date_trunc(kinds.period, days.date_day)::date as period_start,
        (date_trunc(kinds.period, days.date_day) + ('1 ' || kinds.period)::interval)::date - 1 as period_end,
        max(days.client) as client,
        count(*) filter (where days.is_over) as days_over,
        count(*) filter (where days.is_whole) as days_known,
        bool_and(days.is_settled) as is_settled,
        min(days.currency) as first_currency,
        max(days.currency) as last_currency
    from days
    cross join kinds
    group by days.account_id, kinds.period, 3, 4
)

select
    account_id,
    client,
    period,
    period_start,
    period_end,
    case when first_currency = last_currency then first_currency end as currency,
    days_known,
    days_known = period_end - period_start + 1 as is_complete,
    is_settled
from grouped
where days_over = period_end - period_start + 1
