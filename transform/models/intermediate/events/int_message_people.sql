{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    meta={'changes_days_before': 0},
    indexes=[
        {'columns': ['account_id', 'date_day', 'message_id', 'action'], 'unique': true},
        {'columns': ['account_id', 'read_at']}
    ]
) }}

-- People by the day on which they first did something with a message, over whatever channels it came: they add up to
-- people.
with

changes as (
    {{ accounts_changed_since_last_build() }}
),

metrics as (
    select * from {{ ref('int_metrics') }} where action in ('opened', 'clicked')
),

active_messages as (
    select distinct
        changes.account_id,
        person_days.message_id,
        changes.first_day as rebuilt_from,
        changes.read_at
    from changes
    {{ join_few(
        ref('int_person_days'), 'person_days',
        'changes.account_id = person_days.account_id and changes.first_day <= person_days.date_day'
    ) }}
    where person_days.message_id <> ''
),

first_times as (
    select
        active_messages.account_id,
        active_messages.message_id,
        metrics.action,
        active_messages.rebuilt_from,
        active_messages.read_at,
        min(person_days.date_day) as first_day,
        min(person_days.date_day) filter (where person_days.human_count > 0) as first_human_day
    from active_messages
    {{ join_few(
        ref('int_person_days'), 'person_days',
        'active_messages.account_id = person_days.account_id and active_messages.message_id = person_days.message_id'
    ) }}
    inner join metrics on person_days.account_id = metrics.account_id and person_days.metric_id = metrics.metric_id
    where person_days.profile_id <> ''
    group by 1, 2, 3, 4, 5, person_days.profile_id
)

select
    first_times.account_id,
    first_times.message_id,
    listed.date_day,
    first_times.action,
    count(*) filter (where listed.kind = 'all') as new_people,
    count(*) filter (where listed.kind = 'human') as new_human_people,
    first_times.read_at
from first_times
cross join
    lateral (
        values ('all', first_times.first_day), ('human', first_times.first_human_day)
    ) as listed (kind, date_day)
where listed.date_day >= first_times.rebuilt_from
group by 1, 2, 3, 4, first_times.read_at
