-- Metrics that count something and feed no report. One of Klaviyo's own here is most likely a metric with a new name:
-- until its name is in seeds/metric_roles.csv the reports miss what it counts.
with

metrics as (
    select * from {{ ref('int_unmapped_metrics') }}
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
        metrics.is_klaviyo_own,
        metrics.first_day,
        metrics.last_day,
        metrics.event_count,
        metrics.probable_role
    from metrics
    inner join accounts on metrics.account_id = accounts.account_id
)

select * from final
