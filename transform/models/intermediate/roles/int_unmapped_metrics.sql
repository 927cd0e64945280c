-- Metrics without a role that have events: in Klaviyo's aggregates, or in single events where those were not read. And
-- the role that each probably has: that of the name in the seed with which it shares the most words, if they share half
-- of them. A metric of another integration has none, unless the account has not one of Klaviyo's own: then the
-- integrations are not what they were.
with

metrics as (
    select
        *,
        is_klaviyo_own is not false or bool_or(is_klaviyo_own) over (partition by account_id) is not true as may_be_own
    from {{ ref('int_metrics') }}
),

aggregates as (
    select * from {{ ref('int_metric_aggregates') }} where bucket = 'day' and event_count <> 0
),

days as (
    select
        account_id,
        metric_id,
        date_day,
        event_count
    from aggregates where breakdown = 'total'
    union all
    select
        account_id,
        metric_id,
        date_day,
        event_count
    from {{ ref('int_metric_event_days') }}
),

days_counted_once as (
    select
        account_id,
        metric_id,
        days.date_day,
        max(days.event_count) as event_count
    from days
    inner join metrics using (account_id, metric_id)
    where metrics.role is null
    group by account_id, metric_id, days.date_day
),

counted as (
    select
        account_id,
        metric_id,
        min(date_day) as first_day,
        max(date_day) as last_day,
        sum(event_count)::bigint as event_count
    from days_counted_once
    group by account_id, metric_id
),

of_messages as (
    select distinct
        account_id,
        metric_id
    from aggregates
    where breakdown = '$message' and dimensions ->> '$message' <> ''
),

likened as (
    select distinct on (account_id, metric_id) *
    from (
        select
            account_id,
            metric_id,
            metric_roles.role,
            {{ likeness('metrics.metric_name', 'metric_roles.metric_name') }} as likeness
        from counted
        inner join metrics using (account_id, metric_id)
        cross join {{ ref('metric_roles') }} as metric_roles
        where metrics.may_be_own and metric_roles.integration_key = 'klaviyo'
    ) as compared
    where likeness >= 0.5
    order by account_id asc, metric_id asc, likeness desc, role asc
)

select
    account_id,
    metric_id,
    metrics.metric_name,
    metrics.integration_key,
    metrics.integration_name,
    coalesce(metrics.is_klaviyo_own, false) as is_klaviyo_own,
    nullif(likened.role, 'not_counted') as probable_role,
    likened.likeness,
    of_messages.metric_id is not null as is_of_messages,
    counted.first_day,
    counted.last_day,
    counted.event_count
from counted
inner join metrics using (account_id, metric_id)
left join of_messages using (account_id, metric_id)
left join likened using (account_id, metric_id)
