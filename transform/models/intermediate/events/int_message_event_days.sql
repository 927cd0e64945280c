{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    indexes=[
        {'columns': ['account_id', 'date_day', 'metric_id', 'message_id', 'inbox_provider'], 'unique': true},
        {'columns': ['account_id', 'read_at']}
    ]
) }}

-- Single events without the persons: small, however many events there are.
with

days_read as (
    {{ days_read_since_last_build() }}
),

person_days as (
    select * from {{ ref('int_person_days') }}
)

select
    person_days.account_id,
    person_days.date_day,
    person_days.metric_id,
    person_days.message_id,
    person_days.inbox_provider,
    sum(person_days.event_count) as event_count,
    sum(person_days.human_count) as human_count,
    sum(person_days.apple_count) as apple_count,
    sum(person_days.hard_count) as hard_count,
    sum(person_days.soft_count) as soft_count,
    bool_or(person_days.has_foreign_currency) as has_foreign_currency,
    sum(person_days.own_amount) as own_amount,
    sum(person_days.foreign_flow_amount) as foreign_flow_amount,
    sum(person_days.foreign_campaign_amount) as foreign_campaign_amount,
    days_read.read_at
from days_read
inner join person_days
    on days_read.account_id = person_days.account_id and days_read.date_day = person_days.date_day
group by
    person_days.account_id,
    person_days.date_day,
    person_days.metric_id,
    person_days.message_id,
    person_days.inbox_provider,
    days_read.read_at
