-- What people did with each message, by day: Klaviyo's own counts by message, on the day of the event. Metrics of one
-- action add up, but not their people.
with

metrics as (
    select * from {{ ref('int_metrics_classified') }} where action is not null
),

aggregates as (
    select
        *,
        dimensions ->> '$message' as message_id
    from {{ ref('stg_klaviyo__metric_aggregates') }}
    where breakdown = '$message' and bucket = 'day'
),

final as (
    select
        aggregates.account_id,
        aggregates.message_id,
        aggregates.date_day,
        metrics.action,
        sum(aggregates.event_count) as event_count,
        case when count(*) = 1 then max(aggregates.unique_profiles) end as unique_profiles
    from aggregates
    inner join metrics on aggregates.account_id = metrics.account_id and aggregates.metric_id = metrics.metric_id
    where aggregates.message_id <> '' and aggregates.event_count <> 0
    group by aggregates.account_id, aggregates.message_id, aggregates.date_day, metrics.action
)

select * from final
