{{ config(materialized='view') }}

-- The local days on which an account had a currency. One that was changed and changed back on one day had no other.
with

seen as (
    select
        *,
        lag(currency) over (partition by account_id order by valid_from) as currency_before
    from {{ ref('int_currencies_seen') }}
)

select
    account_id,
    currency,
    valid_from,
    lead(valid_from, 1, 'infinity') over (partition by account_id order by valid_from) as valid_until
from seen
where currency_before is null or currency <> currency_before
