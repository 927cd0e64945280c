with

metrics as (
    select * from {{ ref('int_metrics') }}
),

clients as (
    select * from {{ ref('int_clients') }}
),

final as (
    select
        metrics.account_id,
        clients.client,
        metrics.metric_id,
        metrics.metric_name,
        metrics.integration_key,
        metrics.integration_name,
        metrics.role,
        metrics.role_source,
        metrics.channel,
        metrics.created_at,
        metrics.updated_at
    from metrics
    inner join clients on metrics.account_id = clients.account_id
)

select * from final
