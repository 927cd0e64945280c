{{ config(pre_hook=hash_joins(), indexes=[{'columns': ['account_id', 'date_day']}]) }}

-- What is not known of a day's counts by message and by mailbox provider: an action of which one metric was not read by
-- that breakdown. An account without such a metric is no hole: nothing happened.
with

metric_days as (
    select * from {{ ref('int_metric_days_counted') }}
),

metrics as (
    select * from {{ ref('int_metrics_classified') }} where action is not null
),

days_read as (
    select * from {{ ref('int_metric_days_read') }} where bucket = 'day'
),

unread as (
    select
        metric_days.account_id,
        metric_days.date_day,
        metrics.channel,
        metrics.action,
        breakdowns.breakdown
    from metric_days
    inner join metrics using (account_id, metric_id)
    inner join (values ('$message'), ('Inbox Provider')) as breakdowns (breakdown)
        on
            breakdowns.breakdown = '$message'
            or (metrics.channel = 'email' and metrics.action in ('delivered', 'bounced', 'marked'))
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
