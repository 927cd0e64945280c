-- What a metric means for the reports. Revenue and refunds are what the account itself mapped, never a name: two
-- integrations can each own a 'Placed Order'. Klaviyo's own metrics are known by name, old and new.
with

recognised as (
    select * from {{ ref('int_metric_name_roles') }}
),

mapped_metrics as (
    select * from {{ ref('stg_klaviyo__mapped_metrics') }}
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
        recognised.account_id,
        recognised.metric_id,
        recognised.metric_name,
        recognised.integration_key,
        recognised.integration_name,
        recognised.is_klaviyo_own,
        coalesce(one_role_each.role, recognised.role) as role,
        case
            when one_role_each.role is not null then 'mapping'
            when recognised.role is not null then 'name'
        end as role_source,
        case when one_role_each.role is null then recognised.channel end as channel,
        one_role_each.role is null and coalesce(recognised.is_fallback, false) as is_fallback,
        recognised.created_at,
        recognised.updated_at
    from recognised
    left join one_role_each
        on recognised.account_id = one_role_each.account_id and recognised.metric_id = one_role_each.metric_id
),

final as (
    select
        *,
        {{ role_action('role', 'channel') }} as action
    from classified
)

select * from final
