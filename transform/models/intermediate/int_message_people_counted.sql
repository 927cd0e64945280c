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

person_days as (
    select
        person_days.*,
        metrics.channel,
        metrics.action
    from {{ ref('int_person_days_counted') }} as person_days
    inner join metrics on person_days.account_id = metrics.account_id and person_days.metric_id = metrics.metric_id
    where person_days.message_id <> '' and person_days.profile_id <> ''
),

active_messages as (
    select distinct
        person_days.account_id,
        person_days.message_id,
        changes.first_day as rebuilt_from,
        changes.read_at as changes_read_at
    from person_days
    inner join changes on person_days.account_id = changes.account_id and person_days.date_day >= changes.first_day
),

history as (
    select
        person_days.account_id,
        person_days.message_id,
        person_days.channel,
        person_days.action,
        person_days.profile_id,
        person_days.date_day,
        active_messages.rebuilt_from,
        active_messages.changes_read_at as read_at,
        sum(person_days.human_count) as human_count
    from person_days
    inner join active_messages
        on person_days.account_id = active_messages.account_id and person_days.message_id = active_messages.message_id
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
