{{ config(materialized='view') }}

-- The local days on which an account had a currency.
select
    account_id,
    currency,
    valid_from,
    lead(valid_from, 1, 'infinity') over (partition by account_id order by valid_from) as valid_until
from {{ ref('int_currencies_seen') }}
