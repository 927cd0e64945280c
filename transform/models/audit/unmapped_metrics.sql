-- Metrics that count something and feed no report. One of Klaviyo's own here is most likely a metric with a new name:
-- until its name is in seeds/metric_roles.csv the reports miss what it counts.
with

metrics as (
    select * from {{ ref('int_metrics_classified') }} where role is null
),

aggregates as (
    select * from {{ ref('stg_klaviyo__metric_aggregates') }}
    where breakdown = 'total' and bucket = 'day' and event_count <> 0
),

accounts as (
    select * from {{ ref('stg_klaviyo__accounts') }}
),

final as (
    select
        metrics.account_id,
        accounts.client,
        metrics.metric_id,
        metrics.metric_name,
        metrics.integration_key,
        metrics.integration_name,
        coalesce(metrics.integration_key = 'klaviyo', false) as is_klaviyo_own,
        min(aggregates.date_day) as first_day,
        max(aggregates.date_day) as last_day,
        sum(aggregates.event_count)::bigint as event_count
    from metrics
    inner join accounts on metrics.account_id = accounts.account_id
    inner join aggregates
        on metrics.account_id = aggregates.account_id and metrics.metric_id = aggregates.metric_id
    group by
        metrics.account_id,
        accounts.client,
        metrics.metric_id,
        metrics.metric_name,
        metrics.integration_key,
        metrics.integration_name
)

select * from final
