{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    meta={'changes_days_before': 0},
    indexes=[
        {'columns': ['account_id', 'date_day', 'channel', 'message_id', 'inbox_provider', 'delivered_day'], 'unique': true},
        {'columns': ['account_id', 'delivered_day']},
        {'columns': ['account_id', 'read_at']}
    ]
) }}

-- What became of deliveries: how many of a day were opened (clicked, complained of, left by) for the first time on
-- which day. A delivery is a message, a person and a day. An answer belongs to the person's latest delivery of the
-- channel up to its day, of the same message as far as both name one; none counts for a delivery twice, or after 90
-- days.
with

changes as (
    {{ accounts_changed_since_last_build() }}
),

metrics as (
    select * from {{ ref('int_metrics') }}
    where action in ('delivered', 'opened', 'clicked', 'marked', 'unsubscribed')
),

person_days as (
    select
        person_days.account_id,
        person_days.message_id,
        person_days.profile_id,
        person_days.inbox_provider,
        person_days.date_day,
        person_days.human_count,
        metrics.channel,
        metrics.action,
        changes.first_day,
        changes.read_at as newest_read
    from changes
    {{ join_few(
        ref('int_person_days'), 'person_days',
        'changes.account_id = person_days.account_id and changes.first_day - 89 <= person_days.date_day'
    ) }}
    inner join metrics on person_days.account_id = metrics.account_id and person_days.metric_id = metrics.metric_id
    where person_days.profile_id <> ''
),

matched as (
    {{ latest_deliveries() }}
),

deliveries as (
    select
        account_id,
        channel,
        delivered_message_id as message_id,
        delivered_day,
        max(inbox_provider) filter (where action = 'delivered') as inbox_provider,
        {%- for column, action, is_human in answers() %}
            min(date_day) filter (where action = '{{ action }}'{{ ' and human_count > 0' if is_human }})
                as {{ column }},
        {%- endfor %}
        first_day,
        newest_read
    from matched
    where date_day - delivered_day < 90
    group by account_id, channel, profile_id, delivered_message_id, delivered_day, first_day, newest_read
)

select
    deliveries.account_id,
    deliveries.channel,
    deliveries.message_id,
    deliveries.inbox_provider,
    deliveries.delivered_day,
    answers.date_day,
    {%- for column, _, _ in answers() %}
        count(*) filter (where answers.kind = '{{ column }}') as {{ column }},
    {%- endfor %}
    deliveries.newest_read as read_at
from deliveries
cross join
    lateral (
        values
        {%- for column, _, _ in answers() %}
            ('{{ column }}', deliveries.{{ column }}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as answers (kind, date_day)
where answers.date_day >= deliveries.first_day
group by 1, 2, 3, 4, 5, 6, deliveries.newest_read
