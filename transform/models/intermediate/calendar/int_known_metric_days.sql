{{ config(materialized='view') }}

-- Days that were completely read, and the last one, which has not ended. A metric that was last read at noon, while the
-- others were re-read the day after, is unknown for that day: half a day would look like a bad one.
with

days_read as (
    select * from {{ ref('int_metric_day_reads') }}
),

last_days as (
    select
        account_id,
        max(date_day) as last_day
    from {{ ref('int_account_days') }}
    group by account_id
)

select days_read.*
from days_read
inner join last_days using (account_id)
where days_read.is_whole or days_read.date_day = last_days.last_day
