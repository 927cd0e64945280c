{{ config(indexes=[{'columns': ['account_id', 'date_day', 'inbox_provider'], 'unique': true}]) }}

with

days as (
    select * from {{ ref('int_account_days_spined') }}
),

metrics as (
    select * from {{ ref('int_metrics_classified') }} where channel = 'email'
),

aggregates as (
    select
        *,
        coalesce(nullif(dimensions ->> 'Inbox Provider', ''), '(unknown)') as inbox_provider
    from {{ ref('stg_klaviyo__metric_aggregates') }}
    where breakdown = 'Inbox Provider' and bucket = 'day' and event_count <> 0
),

counted as (
    select
        aggregates.account_id,
        aggregates.date_day,
        aggregates.inbox_provider,
        coalesce(sum(aggregates.event_count) filter (where metrics.action = 'delivered'), 0)::bigint as delivered,
        coalesce(sum(aggregates.event_count) filter (where metrics.action = 'bounced'), 0)::bigint as bounced,
        coalesce(sum(aggregates.event_count) filter (where metrics.action = 'marked'), 0)::bigint as spam_complaints
    from aggregates
    inner join metrics on aggregates.account_id = metrics.account_id and aggregates.metric_id = metrics.metric_id
    group by aggregates.account_id, aggregates.date_day, aggregates.inbox_provider
),

bounces as (
    select
        events.account_id,
        events.date_day,
        coalesce(nullif(events.inbox_provider, ''), '(unknown)') as inbox_provider,
        sum(events.event_count)::bigint as bounced,
        sum(events.hard_count)::bigint as hard_bounced,
        sum(events.soft_count)::bigint as soft_bounced
    from {{ ref('int_message_events_counted') }} as events
    inner join metrics on events.account_id = metrics.account_id and events.metric_id = metrics.metric_id
    where metrics.action = 'bounced'
    group by 1, 2, 3
),

final as (
    select
        days.account_id,
        days.client,
        days.date_day,
        counted.inbox_provider,
        counted.delivered,
        counted.bounced,
        counted.spam_complaints,
        -- The kind of a bounce is in the events alone; they must be all there.
        case when counted.bounced = 0 then 0 when bounces.bounced = counted.bounced then bounces.hard_bounced end
            as hard_bounced,
        case when counted.bounced = 0 then 0 when bounces.bounced = counted.bounced then bounces.soft_bounced end
            as soft_bounced,
        days.is_settled
    from counted
    inner join days using (account_id, date_day)
    left join bounces using (account_id, date_day, inbox_provider)
)

select * from final
