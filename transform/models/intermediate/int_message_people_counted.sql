{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    meta={'changes_days_before': 0},
    indexes=[{'columns': ['account_id', 'date_day']}, {'columns': ['account_id', 'read_at']}]
) }}

-- People per message and day, and how many of them did it for the first time with this message. The first times may be
-- summed over days, so a rate over any window is exact: nobody counts twice who opens again on another day.
with

changes as (
    {{ accounts_changed_since_last_build() }}
),

metrics as (
    select * from {{ ref('int_metrics_classified') }} where action in ('delivered', 'opened', 'clicked')
),

active_messages as (
    select distinct
        changes.account_id,
        person_days.message_id,
        changes.first_day as rebuilt_from,
        changes.read_at
    from changes
    {{ join_few(
        ref('int_person_days_counted'), 'person_days',
        'changes.account_id = person_days.account_id and changes.first_day <= person_days.date_day'
    ) }}
    where person_days.message_id <> ''
),

history as (
    select
        active_messages.account_id,
        active_messages.message_id,
        metrics.channel,
        metrics.action,
        person_days.profile_id,
        person_days.date_day,
        active_messages.rebuilt_from,
        active_messages.read_at,
        sum(person_days.human_count) as human_count
    from active_messages
    {{ join_few(
        ref('int_person_days_counted'), 'person_days',
        'active_messages.account_id = person_days.account_id and active_messages.message_id = person_days.message_id'
    ) }}
    inner join metrics on person_days.account_id = metrics.account_id and person_days.metric_id = metrics.metric_id
    where person_days.profile_id <> ''
    group by 1, 2, 3, 4, 5, 6, 7, 8
),

first_times as (
    select
        *,
        date_day = min(date_day) over same_person as is_first,
        date_day = min(date_day) filter (where human_count > 0) over same_person as is_first_human
    from history
    window same_person as (partition by profile_id, message_id, action, channel, account_id)
)

select
    account_id,
    message_id,
    date_day,
    channel,
    action,
    count(*) as people,
    count(*) filter (where is_first) as new_people,
    count(*) filter (where is_first_human) as new_human_people,
    read_at
from first_times
where date_day >= rebuilt_from
group by account_id, message_id, date_day, channel, action, read_at
