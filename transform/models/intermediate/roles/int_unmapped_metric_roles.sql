-- The role that an unmapped metric probably plays: that of the name in the seed with which it shares the most words, if
-- they share half of them. A metric of somebody else's integration plays none, unless the account has not one of
-- Klaviyo's own: then the integrations are not what they were.
with

metrics as (
    select
        *,
        is_klaviyo_own is not false or bool_or(is_klaviyo_own) over (partition by account_id) is not true as may_be_own
    from {{ ref('int_metrics') }}
),

metric_roles as (
    select * from {{ ref('metric_roles') }} where integration_key = 'klaviyo'
),

counted as (
    select * from {{ ref('int_unmapped_metrics') }}
),

compared as (
    select
        counted.account_id,
        counted.metric_id,
        metric_roles.role,
        {{ likeness('metrics.metric_name', 'metric_roles.metric_name') }} as likeness
    from counted
    inner join metrics using (account_id, metric_id)
    cross join metric_roles
    where metrics.may_be_own
),

likened as (
    select distinct on (account_id, metric_id)
        account_id,
        metric_id,
        role as probable_role,
        likeness
    from compared
    where likeness >= 0.5
    order by account_id asc, metric_id asc, likeness desc, role asc
)

select
    account_id,
    counted.metric_id,
    metrics.metric_name,
    metrics.integration_key,
    metrics.integration_name,
    coalesce(metrics.is_klaviyo_own, false) as is_klaviyo_own,
    nullif(likened.probable_role, 'not_counted') as probable_role,
    likened.likeness,
    counted.is_of_messages,
    counted.first_day,
    counted.last_day,
    counted.event_count
from counted
inner join metrics using (account_id, metric_id)
left join likened using (account_id, metric_id)
