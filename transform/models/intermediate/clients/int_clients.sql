with

accounts as (
    select * from {{ ref('stg_klaviyo__accounts') }}
),

days as (
    select * from {{ ref('int_account_days') }}
),

money as (
    select * from {{ ref('int_money_days') }} where role = 'revenue'
),

days_summarised as (
    select
        account_id,
        min(date_day) as first_day,
        max(date_day) as last_day,
        max(date_day) filter (where is_settled) as last_settled_day,
        max(date_day) filter (where is_over) as last_whole_day
    from days
    group by account_id
),

-- As of the last day that sold something: an account can gain the breakdown, or a mapping.
sales as (
    select
        account_id,
        money.date_day,
        money.is_split,
        money.amount,
        money.has_foreign_currency,
        coalesce(money.event_count, 0) > 0 as has_sales,
        money.date_day > days_summarised.last_day - 28 as is_recent
    from money
    inner join days_summarised using (account_id)
),

money_described as (
    select
        account_id,
        case
            when not (array_agg(is_split order by has_sales desc, date_day desc))[1] then 'all_currencies'
            when
                coalesce(sum(amount) filter (where is_recent), 0) = 0
                and bool_or(has_foreign_currency) filter (where is_recent)
                then 'other_currencies'
            else 'account_currency'
        end as revenue_basis
    from sales
    group by account_id
),

final as (
    select
        accounts.account_id,
        accounts.client,
        accounts.organization_name,
        accounts.timezone,
        accounts.currency,
        accounts.locale,
        accounts.industry,
        accounts.is_test_account,
        coalesce(money_described.revenue_basis, 'unknown') as revenue_basis,
        days_summarised.first_day,
        days_summarised.last_day,
        days_summarised.last_settled_day,
        days_summarised.last_whole_day
    from accounts
    left join days_summarised on accounts.account_id = days_summarised.account_id
    left join money_described on accounts.account_id = money_described.account_id
)

select * from final
