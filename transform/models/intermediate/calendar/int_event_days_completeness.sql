{{ config(indexes=[{'columns': ['account_id', 'date_day'], 'unique': true}]) }}

-- Whether all single events of a day are there. A run that came to its end has read everything up to it: what it did
-- not read itself, those before it had. The last day is never over: like all numbers, its events count as far as they
-- have come. The first day was read from some hour on, unless a run says that it had all of it.
with

days as (
    select
        account_id,
        timezone,
        date_day,
        date_day = max(date_day) over (partition by account_id) as is_last
    from {{ ref('int_account_days') }}
),

first_days as (
    select
        account_id,
        min(date_day) filter (where complete_since is not null) as first_whole_day,
        min(date_day) + 1 as second_day
    from {{ ref('int_event_day_reads') }}
    group by account_id
),

runs as (
    select
        account_id,
        max(window_end) as read_until
    from {{ ref('stg_klaviyo__sync_log') }}
    where stream = 'events' and status = 'ok'
    group by account_id
)

select
    days.account_id,
    days.date_day,
    coalesce(
        days.date_day >= least(first_days.first_whole_day, first_days.second_day)
        and case
            when days.is_last then {{ local_day_start('days.date_day', 'days.timezone') }}
            else {{ local_day_start('days.date_day + 1', 'days.timezone') }}
        end <= runs.read_until,
        false
    ) as has_events
from days
left join first_days on days.account_id = first_days.account_id
left join runs on days.account_id = runs.account_id
