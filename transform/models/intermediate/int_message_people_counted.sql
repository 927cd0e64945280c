{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    meta={'changes_days_before': 0},
    indexes=[{'columns': ['account_id', 'date_day']}, {'columns': ['account_id', 'read_at']}]
) }}

-- People per message and day, and two parts of them that may be summed over days. The new ones did it for the first
-- time with this message: of a message that each person gets once, they add up to people. Those who answer did it for
-- the first time since they last got it: of a message that comes again (a flow's), they are a share of what was
-- delivered, in any window and however long the history.
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

placed as (
    select
        *,
        max(date_day) filter (where action = 'delivered')
            over (same_message order by date_day range unbounded preceding) as last_delivery,
        max(date_day) over earlier as last_time,
        max(date_day) filter (where human_count > 0) over earlier as last_time_human
    from history
    window
        same_message as (partition by account_id, message_id, channel, profile_id),
        earlier as (
            partition by account_id, message_id, channel, profile_id, action
            order by date_day rows between unbounded preceding and 1 preceding
        )
),

first_times as (
    select
        *,
        last_time is null as is_first,
        human_count > 0 and last_time_human is null as is_first_human,
        last_time is null or coalesce(last_time < last_delivery, false) as is_answer,
        human_count > 0 and (last_time_human is null or coalesce(last_time_human < last_delivery, false))
            as is_human_answer
    from placed
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
    count(*) filter (where is_answer) as answering_people,
    count(*) filter (where is_human_answer) as answering_human_people,
    read_at
from first_times
where date_day >= rebuilt_from
group by account_id, message_id, date_day, channel, action, read_at
