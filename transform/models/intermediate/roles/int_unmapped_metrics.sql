-- Metrics without a role that count something: by Klaviyo's aggregates, or by single events where those were not read.
with

metrics as (
    select * from {{ ref('int_metrics') }} where role is null
),

aggregates as (
    select * from {{ ref('int_metric_aggregates') }} where bucket = 'day' and event_count <> 0
),

days as (
    select
        account_id,
        metric_id,
        date_day,
        event_count
    from aggregates
    where breakdown = 'total'
    union all
    select
        account_id,
        metric_id,
        date_day,
        event_count
    from {{ ref('int_metric_event_days') }}
),

counted_once as (
    select
        account_id,
        metric_id,
        days.date_day,
        max(days.event_count) as event_count
    from days
    inner join metrics using (account_id, metric_id)
    group by account_id, metric_id, days.date_day
),

of_messages as (
    select distinct
        account_id,
        metric_id
    from aggregates
    where breakdown = '$message' and dimensions ->> '$message' <> ''
)

select
    account_id,
    metric_id,
    of_messages.metric_id is not null as is_of_messages,
    min(counted_once.date_day) as first_day,
    max(counted_once.date_day) as last_day,
    sum(counted_once.event_count)::bigint as event_count
from counted_once
left join of_messages using (account_id, metric_id)
group by account_id, metric_id, of_messages.metric_id
