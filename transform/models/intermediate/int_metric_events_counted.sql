-- The money of single events, per metric and day: an event knows both its currency and its attribution, which
-- Klaviyo's aggregates do not give together. Empty for a brand whose events are not loaded.
with

metrics as (
    select * from {{ ref('int_metrics_classified') }} where role in ('revenue', 'refund')
),

events as (
    select * from {{ ref('int_message_events_counted') }}
),

final as (
    select
        events.account_id,
        events.metric_id,
        events.date_day,
        sum(events.event_count) as event_count,
        bool_or(events.has_foreign_currency) as has_foreign_currency,
        sum(events.own_amount) as own_amount,
        sum(events.foreign_flow_amount) as foreign_flow_amount,
        sum(events.foreign_campaign_amount) as foreign_campaign_amount
    from events
    inner join metrics on events.account_id = metrics.account_id and events.metric_id = metrics.metric_id
    group by events.account_id, events.metric_id, events.date_day
)

select * from final
