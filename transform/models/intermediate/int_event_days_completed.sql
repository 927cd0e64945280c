{{ config(indexes=[{'columns': ['account_id', 'date_day'], 'unique': true}]) }}

-- Whether all single events of a day are there. The last day is never over when it is read: like all numbers, its
-- events count as far as they have come.
with

days as (
    select
        account_id,
        date_day,
        date_day = max(date_day) over (partition by account_id) as is_last
    from {{ ref('int_account_days_spined') }}
),

days_read as (
    select * from {{ ref('stg_klaviyo__event_days_read') }}
)

select
    days.account_id,
    days.date_day,
    days_read.read_at is not null and (days.is_last or days_read.complete_since is not null) as has_events
from days
left join days_read using (account_id, date_day)
