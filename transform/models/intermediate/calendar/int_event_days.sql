{{ config(materialized='view') }}

-- Every local day from the first to the last of which single events were read. Not the days of aggregates: those may
-- come later, and would bring nothing that could be seen in events.
select
    spans.account_id,
    calendar.local_day::date as date_day
from (
    select
        account_id,
        min(date_day) as first_day,
        max(date_day) as last_day
    from {{ ref('int_event_day_reads') }}
    group by account_id
) as spans
cross join lateral generate_series(
    spans.first_day::timestamp, spans.last_day::timestamp, interval '1 day'
) as calendar (local_day)
