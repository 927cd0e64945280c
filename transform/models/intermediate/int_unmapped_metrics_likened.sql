-- The role that an unmapped metric probably plays: that of the name in the seed with which it shares the most words, if
-- they share half of them. A metric of somebody else's integration plays none, unless the account has not one of
-- Klaviyo's own: then the integrations are not what they were.
with

metrics as (
    select
        *,
        is_klaviyo_own is not false or bool_or(is_klaviyo_own) over (partition by account_id) is not true as may_be_own
    from {{ ref('int_metrics_classified') }}
),

metric_roles as (
    select * from {{ ref('metric_roles') }} where integration_key = 'klaviyo'
),

counted as (
    select * from {{ ref('int_unmapped_metrics_counted') }}
),

compared as (
    select
        counted.account_id,
        counted.metric_id,
        metric_roles.role,
        shared.likeness
    from counted
    inner join metrics using (account_id, metric_id)
    cross join metric_roles
    cross join lateral (
        select count(*) filter (where is_in_both)::numeric / count(*) as likeness
        from (
            select count(*) = 2 as is_in_both
            from (
                select distinct unnest({{ words('metrics.metric_name') }}) as word
                union all
                select distinct unnest({{ words('metric_roles.metric_name') }}) as word
            ) as both_names
            group by word
        ) as all_words
    ) as shared
    where metrics.may_be_own and shared.likeness >= 0.5
),

likened as (
    select distinct on (account_id, metric_id)
        account_id,
        metric_id,
        role as probable_role,
        likeness
    from compared
    order by account_id, metric_id, likeness desc, role
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
