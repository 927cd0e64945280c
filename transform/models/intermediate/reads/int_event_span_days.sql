{{ config(materialized='view') }}

-- Where the tap lists a day's events (event_reads), a loader may leave unchanged ones as they are, and the list tells
-- what has changed and what is gone. Only a whole day read without lists proves an event gone that was not written.
-- A run with lists that reads a listed day in part says nothing of it: what is new that day is among the events.
with

accounts as (
    select * from {{ ref('stg_klaviyo__accounts') }}
),

runs as (
    select * from {{ ref('stg_klaviyo__sync_log') }}
),

spans as (
    select
        runs.*,
        listing.run_id is not null as has_lists
    from runs
    left join runs as listing
        on
            runs.run_id = listing.run_id
            and runs.account_id = listing.account_id
            and listing.stream = 'event_reads'
    where runs.stream = 'events' and runs.status = 'ok' and runs.window_start is not null
)

select
    spans.account_id,
    calendar.local_day::date as date_day,
    case
        when lists.read_at is null or (not spans.has_lists and lists.read_at < spans.started_at) then spans.loaded_at
    end as read_at,
    case
        when
            not spans.has_lists
            and {{ local_day_start('calendar.local_day', 'accounts.timezone') }} >= spans.window_start
            and {{ local_day_start("calendar.local_day + interval '1 day'", 'accounts.timezone') }}
            <= spans.window_end
            then spans.started_at
    end as complete_since
from spans
inner join accounts on spans.account_id = accounts.account_id
cross join
    lateral generate_series(
        {{ local_date('spans.window_start', 'accounts.timezone') }}::timestamp,
        {{ local_date("spans.window_end - interval '1 microsecond'", 'accounts.timezone') }}::timestamp,
        interval '1 day'
    ) as calendar (local_day)
left join {{ ref('int_event_day_lists') }} as lists
    on spans.account_id = lists.account_id and calendar.local_day::date = lists.date_day
