{{ config(materialized='view') }}

-- The role that a metric plays by its name, and only if it is Klaviyo's own. One that does not state its integration is
-- taken for Klaviyo's, unless another metric of the account states that it plays the role.
with

metrics as (
    select * from {{ ref('stg_klaviyo__metrics') }}
),

metric_roles as (
    select * from {{ ref('metric_roles') }}
),

named as (
    select
        metrics.*,
        metric_roles.role,
        metric_roles.channel,
        metric_roles.is_fallback,
        bool_or(metrics.is_klaviyo_own) over (partition by metrics.account_id, metric_roles.role) as is_taken
    from metrics
    left join metric_roles
        on
            lower(trim(metrics.metric_name)) = lower(metric_roles.metric_name)
            and case when metrics.is_klaviyo_own is not false then 'klaviyo' else metrics.integration_key end
            = metric_roles.integration_key
)

select
    account_id,
    metric_id,
    metric_name,
    integration_key,
    integration_name,
    is_klaviyo_own,
    {%- for column in ['role', 'channel', 'is_fallback'] %}
        case when is_klaviyo_own is not null or is_taken is not true then {{ column }} end as {{ column }},
    {%- endfor %}
    created_at,
    updated_at
from named
