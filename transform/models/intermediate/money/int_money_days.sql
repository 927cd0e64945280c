-- Revenue and refunds in the currency that the account had on the day. Refunds are positive, metric by metric: one
-- integration writes them with a minus, another does not.
with

currency_days as (
    select
        split.*,
        days.currency
    from {{ ref('int_currency_days') }} as split
    inner join {{ ref('int_account_days') }} as days
        on split.account_id = days.account_id and split.date_day = days.date_day
),

summed as (
    select
        account_id,
        date_day,
        role,
        currency,
        bool_and(is_known) as is_known,
        bool_and(own_amount is not null) as is_split,
        bool_or(has_foreign_currency) as has_foreign_currency,
        sum(event_count) as event_count,
        sum(
            coalesce(own_amount, total_amount)
            * case when role = 'refund' then sign(coalesce(own_amount, total_amount)) else 1 end
        ) as amount,
        sum(foreign_flow_amount) as foreign_flow_amount,
        sum(foreign_campaign_amount) as foreign_campaign_amount
    from currency_days
    group by account_id, date_day, role, currency
),

-- Without events or a breakdown by currency there is only the total. It is right while the account has only ever sold
-- in its own currency; after that, its currencies are unknown. Refunds come after the sale, hence "ever before". And
-- until something is sold in the account's currency, orders in others do not mean that nothing was earned: the currency
-- may have been changed before it was first seen here.
final as (
    select
        account_id,
        date_day,
        role,
        is_split,
        has_foreign_currency,
        event_count,
        (
            case
                when not is_known then null
                when has_foreign_currency and coalesce(bool_and(amount = 0) over so_far_in_currency, true) then null
                when is_split or not bool_or(has_foreign_currency) over so_far then amount
            end
        )::numeric(20, 4) as amount,
        foreign_flow_amount,
        foreign_campaign_amount
    from summed
    window
        so_far as (partition by account_id order by date_day),
        so_far_in_currency as (partition by account_id, currency order by date_day)
)

select * from final
