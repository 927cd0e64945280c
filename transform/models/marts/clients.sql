with

accounts as (
    select * from {{ ref('stg_klaviyo__accounts') }}
),

days as (
    select * from {{ ref('int_account_days_spined') }}
),

money as (
    select * from {{ ref('int_money_days_summed') }} where role = 'revenue'
),

days_summarised as (
    select
        account_id,
        min(date_day) as first_day,
        max(date_day) as last_day,
        max(date_day) filter (where is_settled) as last_settled_day
    from days
    group by account_id
),

-- As of the last day: an account can gain the breakdown, or a mapping.
money_described as (
    select distinct on (account_id)
        account_id,
        case when is_split then 'account_currency' else 'all_currencies' end as revenue_basis
    from money
    order by account_id asc, date_day desc
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
        days_summarised.last_settled_day
    from accounts
    left join days_summarised on accounts.account_id = days_summarised.account_id
    left join money_described on accounts.account_id = money_described.account_id
)

select * from final
