{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    meta={'changes_days_before': 89},
    indexes=[
        {'columns': ['account_id', 'date_day', 'channel', 'action', 'is_human', 'gap'], 'unique': true},
        {'columns': ['account_id', 'read_at']}
    ]
) }}

-- Days on which people did something, by how long it is until they do it again (90: that long or never). All that a
-- count of people over a window of up to 90 days needs to know of them is in here, and it is small.
with

changes as (
    {{ accounts_changed_since_last_build() }}
),

metrics as (
    select * from {{ ref('int_metrics') }}
    where action in ('delivered', 'opened', 'clicked') or role = 'revenue'
),

person_days as (
    select
        person_days.account_id,
        audiences.channel,
        coalesce(metrics.action, 'ordered') as action,
        audiences.is_human,
        person_days.profile_id,
        person_days.date_day,
        changes.read_at
    from changes
    {{ join_few(
        ref('int_person_days'), 'person_days',
        'changes.account_id = person_days.account_id and changes.first_day - 89 <= person_days.date_day'
    ) }}
    inner join metrics on person_days.account_id = metrics.account_id and person_days.metric_id = metrics.metric_id
    cross join
        lateral (
            values ('all', false), ('all', true), (metrics.channel, false), (metrics.channel, true)
        ) as audiences (channel, is_human)
    where
        person_days.profile_id <> ''
        and audiences.channel is not null
        and (not audiences.is_human or (metrics.action in ('opened', 'clicked') and person_days.human_count > 0))
),

-- A person who did it several times on a day is there as often; only the last of them is followed by another day.
in_order as (
    select
        *,
        lead(date_day) over (
            partition by profile_id, action, is_human, channel, account_id order by date_day
        ) - date_day as days_to_next
    from person_days
)

select
    account_id,
    date_day,
    channel,
    action,
    is_human,
    least(days_to_next, 90) as gap,
    count(*) as people,
    read_at
from in_order
where days_to_next is distinct from 0
group by account_id, date_day, channel, action, is_human, gap, read_at
