-- What speaks for and against each role of an account: metrics that play it, what Klaviyo's reports say, and metrics
-- without a role that look like it.
with

roles as (
    select distinct
        role,
        channel,
        {{ role_action('role', 'channel') }} as action
    from {{ ref('metric_roles') }}
    where role <> 'not_counted'
),

metrics as (
    select
        account_id,
        role,
        string_agg(distinct metric_name, ', ' order by metric_name) as metric_names
    from {{ ref('int_metrics') }}
    where role_source = 'name'
    group by account_id, role
),

counted as (
    select
        account_id,
        role,
        sum(event_count) as event_count,
        max(date_day) filter (where event_count <> 0) as last_day,
        bool_and(is_known) as is_known
    from {{ ref('int_metric_days') }}
    group by account_id, role
),

unmapped as (
    select * from {{ ref('int_unmapped_metrics') }}
),

likened as (
    select distinct on (account_id, probable_role) *
    from unmapped
    where probable_role is not null
    order by account_id asc, probable_role asc, likeness desc, event_count desc
),

-- Accounts that send, by a metric of Klaviyo's own that counts by message, and of which no delivery is counted at all.
senders as (
    select account_id from unmapped
    where is_klaviyo_own and is_of_messages
    except
    select account_id from counted
    where role like '%\_delivered' and event_count <> 0
)

select
    accounts.account_id,
    roles.role,
    roles.channel,
    roles.action,
    metrics.metric_names,
    counted.event_count,
    counted.last_day,
    reported.reported_count,
    likened.metric_id as probable_metric_id,
    likened.metric_name as probable_metric_name,
    likened.event_count as probable_event_count,
    roles.action in ('delivered', 'opened', 'clicked') and reported.reported_count > 0 as is_reported,
    likened.last_day > counted.last_day + 7 or (counted.event_count = 0 and likened.metric_id is not null)
        as has_successor,
    counted.event_count = 0 and counted.is_known as is_silent,
    -- Opens and clicks need a delivery.
    coalesce(
        likened.likeness = 1
        or (roles.role = 'email_delivered' and senders.account_id is not null)
        or (roles.action = 'delivered' and sum(counted.event_count) filter (
            where roles.action in ('opened', 'clicked')
        ) over (partition by accounts.account_id, roles.channel) > 0),
        false
    ) as is_certain
from {{ ref('stg_klaviyo__accounts') }} as accounts
cross join roles
left join metrics using (account_id, role)
left join counted using (account_id, role)
left join {{ ref('int_reported_actions') }} as reported using (account_id, channel, action)
left join senders using (account_id)
left join likened on accounts.account_id = likened.account_id and roles.role = likened.probable_role
