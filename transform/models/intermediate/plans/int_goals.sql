-- A month has the goal of its own row, or of the row without a month.
{%- set money = goal_kpis() | selectattr(1) | map(attribute=0) | join("', '") %}

with

months as (
    select
        account_id,
        client,
        date_trunc('month', date_day)::date as month,
        min(currency) as currency,
        min(currency) = max(currency) as has_one_currency
    from {{ ref('int_account_days') }}
    group by 1, 2, 3
),

goals as (
    select
        *,
        kpi in ('{{ money }}') as is_money,
        nullif(upper(trim(currency)), '') as its_currency
    from {{ ref('goals') }}
)

select distinct on (months.account_id, goals.kpi, months.month)
    months.account_id,
    months.client,
    goals.kpi,
    months.month,
    goals.is_money,
    case when goals.is_money then goals.its_currency end as currency,
    goals.target,
    case
        when not goals.is_money then null
        when goals.its_currency is null then 'The goal has no currency.'
        when not months.has_one_currency then 'The currency of the account changed in this month.'
        when goals.its_currency <> months.currency
            then 'The goal is in ' || goals.its_currency || ', the account in ' || months.currency || '.'
    end as problem
from months
inner join goals on months.client = goals.client and months.month = coalesce(goals.month, months.month)
order by months.account_id, goals.kpi, months.month, goals.month nulls last
