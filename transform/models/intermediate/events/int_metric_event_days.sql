{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    indexes=[
        {'columns': ['account_id', 'date_day', 'metric_id'], 'unique': true},
        {'columns': ['account_id', 'read_at']}
    ]
) }}

-- Single events of each metric: what Klaviyo's aggregates are checked against, and what they do not tell. An event
-- knows both its currency and its attribution. Empty for a brand whose events are not loaded.
with

days_read as (
    {{ days_read_since_last_build() }}
),

events as (
    select * from {{ ref('int_message_event_days') }}
)

select
    events.account_id,
    events.date_day,
    events.metric_id,
    sum(events.event_count) as event_count,
    sum(events.human_count) as human_count,
    sum(events.apple_count) as apple_count,
    bool_or(events.has_foreign_currency) as has_foreign_currency,
    sum(events.own_amount) as own_amount,
    sum(events.foreign_flow_amount) as foreign_flow_amount,
    sum(events.foreign_campaign_amount) as foreign_campaign_amount,
    days_read.read_at
from days_read
inner join events
    on days_read.account_id = events.account_id and days_read.date_day = events.date_day
group by events.account_id, events.date_day, events.metric_id, days_read.read_at
