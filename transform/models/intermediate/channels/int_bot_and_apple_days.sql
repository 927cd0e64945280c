{{ config(pre_hook=hash_joins()) }}

-- Clicks of bots and opens of machines, Apple's among them, per channel and day. Klaviyo counts bots itself; only
-- single events tell machines' opens, and only where all of a day's events are loaded.
with

metrics as (
    select * from {{ ref('int_metrics') }} where action in ('opened', 'clicked')
),

days_read as (
    select * from {{ ref('int_known_metric_days') }} where breakdown = 'Bot Click' and bucket = 'day'
),

aggregates as (
    select * from {{ ref('int_metric_aggregates') }}
    where breakdown = 'Bot Click' and bucket = 'day' and lower(dimensions ->> 'Bot Click') = 'true'
),

counted as (
    select * from {{ ref('int_metric_days') }}
),

events as (
    select * from {{ ref('int_metric_event_days') }}
),

bot_days as (
    select
        account_id,
        metric_id,
        date_day,
        coalesce(sum(aggregates.event_count), 0) as machine_count
    from days_read
    left join aggregates using (account_id, metric_id, date_day)
    group by account_id, metric_id, date_day
),

metric_days as (
    select
        counted.account_id,
        counted.date_day,
        metrics.channel,
        metrics.action,
        case
            when counted.event_count = 0 then 0
            when metrics.action = 'clicked' then bot_days.machine_count
            when events.event_count = counted.event_count then events.event_count - events.human_count
        end as machine_count,
        case
            when metrics.action <> 'opened' or metrics.channel <> 'email' then null
            when counted.event_count = 0 then 0
            when events.event_count = counted.event_count then events.apple_count
        end as apple_count
    from counted
    inner join metrics using (account_id, metric_id)
    left join bot_days using (account_id, metric_id, date_day)
    left join events using (account_id, metric_id, date_day)
),

final as (
    select
        account_id,
        date_day,
        channel,
        action,
        case when bool_and(machine_count is not null) then sum(machine_count) end as machine_count,
        case when bool_and(apple_count is not null) then sum(apple_count) end as apple_count
    from metric_days
    group by account_id, date_day, channel, action
)

select * from final
