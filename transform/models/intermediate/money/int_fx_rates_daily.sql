-- What one unit of the account's currency was worth in the reporting currency that day: the last rate known then, for
-- both currencies. Null when the seed has no rate: an amount that cannot be converted is unknown, not zero.
with

days as (
    select * from {{ ref('int_account_days') }}
),

rates as (
    select
        *,
        lead(valid_from, 1, 'infinity') over (partition by currency order by valid_from) as valid_until
    from {{ ref('fx_rates') }}
),

final as (
    select
        days.account_id,
        days.date_day,
        (account_rates.euros_per_unit / reporting_rates.euros_per_unit)::numeric(20, 8) as reporting_rate
    from days
    left join rates as account_rates
        on
            days.currency = account_rates.currency
            and days.date_day >= account_rates.valid_from
            and days.date_day < account_rates.valid_until
    left join rates as reporting_rates
        on
            reporting_rates.currency = '{{ var("reporting_currency") }}'
            and days.date_day >= reporting_rates.valid_from
            and days.date_day < reporting_rates.valid_until
)

select * from final
