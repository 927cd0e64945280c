-- Revenue and refunds in the account's own currency.
with

currency_days as (
    select * from {{ ref('int_currency_days_split') }}
),

summed as (
    select
        account_id,
        date_day,
        role,
        bool_and(is_known) as is_known,
        bool_and(own_amount is not null) as is_split,
        bool_or(has_foreign_currency) as has_foreign_currency,
        sum(event_count) as event_count,
        sum(coalesce(own_amount, total_amount)) as amount,
        sum(foreign_flow_amount) as foreign_flow_amount,
        sum(foreign_campaign_amount) as foreign_campaign_amount
    from currency_days
    group by account_id, date_day, role
),

-- A total that nothing can split is all there is. It is right while the account has only ever sold in its own
-- currency; after that nobody can say what is in it. Refunds come after the sale, hence "ever before".
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
                when is_known and (is_split or not bool_or(has_foreign_currency) over so_far) then amount
            end
        )::numeric(20, 4) as amount,
        foreign_flow_amount,
        foreign_campaign_amount
    from summed
    window so_far as (partition by account_id order by date_day)
)

select * from final
