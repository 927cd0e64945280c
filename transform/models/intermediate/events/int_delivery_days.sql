{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    meta={'changes_days_before': 89},
    indexes=[
        {'columns': ['account_id', 'date_day', 'channel', 'message_id', 'inbox_provider'], 'unique': true},
        {'columns': ['account_id', 'read_at']}
    ]
) }}

-- What has become of a day's deliveries so far. They add up: over any days, the responses are those of the same
-- deliveries, and never more than these.
with

changes as (
    {{ accounts_changed_since_last_build() }}
)

select
    answered.account_id,
    answered.channel,
    answered.message_id,
    answered.inbox_provider,
    answered.delivered_day as date_day,
    {%- for column, _, _ in answers() %}
        sum(answered.{{ column }})::bigint as {{ column }},
    {%- endfor %}
    changes.read_at
from changes
{{ join_few(
    ref('int_delivery_answers'), 'answered',
    'changes.account_id = answered.account_id and changes.first_day - 89 <= answered.delivered_day'
) }}
group by 1, 2, 3, 4, 5, changes.read_at
