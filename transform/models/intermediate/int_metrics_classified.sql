-- What a metric means for the reports. Revenue and refunds are what the account itself mapped, never a name: two
-- integrations can each own a 'Placed Order'. Klaviyo's own metrics are known by name, old and new, and only if they
-- are Klaviyo's own.
with

metrics as (
    select * from {{ ref('stg_klaviyo__metrics') }}
),

mapped_metrics as (
    select * from {{ ref('stg_klaviyo__mapped_metrics') }}
),

metric_roles as (
    select * from {{ ref('metric_roles') }}
),

mappings_as_roles as (
    select
        account_id,
        metric_id,
        case
            when mapped_as in ('refunded_sales', 'cancelled_sales') then 'refund'
            else mapped_as
        end as role
    from mapped_metrics
    where metric_id is not null
),

-- One role per metric, so that no event can be counted twice; money first when an account maps a metric twice.
one_role_each as (
    select distinct on (account_id, metric_id)
        account_id,
        metric_id,
        role
    from mappings_as_roles
    order by account_id, metric_id, role <> 'revenue', role <> 'refund', role
),

classified as (
    select
        metrics.account_id,
        metrics.metric_id,
        metrics.metric_name,
        metrics.integration_key,
        metrics.integration_name,
        coalesce(one_role_each.role, metric_roles.role) as role,
        case
            when one_role_each.role is not null then 'mapping'
            when metric_roles.role is not null then 'name'
        end as role_source,
        case when one_role_each.role is null then metric_roles.channel end as channel,
        one_role_each.role is null and coalesce(metric_roles.is_fallback, false) as is_fallback,
        metrics.created_at,
        metrics.updated_at
    from metrics
    left join one_role_each
        on metrics.account_id = one_role_each.account_id and metrics.metric_id = one_role_each.metric_id
    left join metric_roles
        on
            lower(metrics.metric_name) = lower(metric_roles.metric_name)
            and metrics.integration_key = metric_roles.integration_key
),

final as (
    select
        *,
        {{ role_action('role', 'channel') }} as action
    from classified
)

select * from final
