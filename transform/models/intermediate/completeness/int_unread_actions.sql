{{ config(pre_hook=hash_joins(), indexes=[{'columns': ['account_id', 'date_day']}]) }}

-- What is not known of a day's counts by message and by mailbox provider: an action of which one metric was not read by
-- that breakdown, or of which the metric itself is missing. An account that never did such a thing is no hole.
with

metric_days as (
    select * from {{ ref('int_metric_days') }}
),

metrics as (
    select * from {{ ref('int_metrics') }} where action is not null
),

days_read as (
    select * from {{ ref('int_known_metric_days') }} where bucket = 'day'
),

days as (
    select
        account_id,
        metric_days.date_day,
        metrics.channel,
        metrics.action,
        metric_days.metric_id
    from metric_days
    inner join metrics using (account_id, metric_id)
    union all
    select
        account_id,
        spine.date_day,
        roles.channel,
        roles.action,
        null as metric_id
    from {{ ref('int_account_days') }} as spine
    inner join {{ ref('int_role_status') }} as roles using (account_id)
    where roles.is_unknown and roles.action is not null
),

unread as (
    select
        days.account_id,
        days.date_day,
        days.channel,
        days.action,
        breakdowns.breakdown
    from days
    inner join (values ('$message'), ('Inbox Provider')) as breakdowns (breakdown)
        on
            breakdowns.breakdown = '$message'
            or (days.channel = 'email' and days.action in ('delivered', 'bounced', 'marked'))
    left join days_read using (account_id, metric_id, date_day, breakdown)
    where days_read.read_at is null
)

select
    unread.account_id,
    unread.date_day,
    unread.breakdown,
    listed.channel,
    array_agg(distinct unread.action) as actions
from unread
cross join lateral (values (unread.channel), ('mixed'), ('unknown')) as listed (channel)
group by unread.account_id, unread.date_day, unread.breakdown, listed.channel
