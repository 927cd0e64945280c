-- The money of single events, per metric and day: an event knows both its currency and its attribution, which
-- Klaviyo's aggregates do not give together. Empty for a brand whose events are not loaded.
with

metrics as (
    select * from {{ ref('int_metrics_classified') }} where role in ('revenue', 'refund')
),

accounts as (
    select * from {{ ref('stg_klaviyo__accounts') }}
),

events as (
    select * from {{ ref('stg_klaviyo__events') }}
),

described as (
    select
        events.account_id,
        events.metric_id,
        {{ local_date('events.occurred_at', 'accounts.timezone') }} as date_day,
        coalesce(events.value, 0) as amount,
        coalesce(events.value_currency, '') in ('', accounts.currency) as is_own,
        coalesce(jsonb_path_exists(events.attributions, '$[*].flow_id ? (@ != null && @ != "")'), false) as is_flow,
        coalesce(events.attributions, '[]') <> '[]' as is_attributed
    from events
    inner join metrics on events.account_id = metrics.account_id and events.metric_id = metrics.metric_id
    inner join accounts on events.account_id = accounts.account_id
),

final as (
    select
        account_id,
        metric_id,
        date_day,
        count(*) as event_count,
        bool_or(not is_own) as has_foreign_currency,
        coalesce(sum(amount) filter (where is_own), 0) as own_amount,
        coalesce(sum(amount) filter (where not is_own and is_flow), 0) as foreign_flow_amount,
        coalesce(sum(amount) filter (where not is_own and is_attributed and not is_flow), 0)
            as foreign_campaign_amount
    from described
    group by account_id, metric_id, date_day
)

select * from final
