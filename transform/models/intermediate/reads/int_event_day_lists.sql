{{ config(materialized='view') }}

-- Lists of another time zone than the account's present one are left out: they tell nothing of its days.
with

accounts as (
    select * from {{ ref('stg_klaviyo__accounts') }}
),

lists as (
    select * from {{ ref('stg_klaviyo__event_reads') }}
)

select
    lists.account_id,
    lists.date_day,
    lists.read_at,
    lists.event_ids,
    lists.loaded_at
from lists
inner join accounts
    on
        lists.account_id = accounts.account_id
        and lists.day_start = {{ local_day_start('lists.date_day', 'accounts.timezone') }}
        and lists.day_end = {{ local_day_start('lists.date_day + 1', 'accounts.timezone') }}
