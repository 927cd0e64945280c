{{ config(
    materialized='incremental', incremental_strategy='replace_days', meta={'changes_days_before': 0, 'rests_on_events': true},
    indexes=[{'columns': ['account_id', 'date_day', 'event_id'], 'unique': true}, {'columns': ['account_id', 'read_at']}]
) }}

-- Orders that Klaviyo credits, each with its touch: the event that got the credit. What changes on a day reaches no
-- order of an earlier one, because a touch that is dated after its order counts for none. Whether an event is still
-- there is decided as in int_person_days.
with

changes as (
    {{ accounts_changed_since_last_build() }}
),

metrics as (
    select
        metrics.*,
        accounts.timezone,
        changes.first_day,
        changes.read_at as newest_read,
        {{ local_day_start('changes.first_day', 'accounts.timezone') }} as reads_from
    from {{ ref('int_metrics') }} as metrics
    inner join {{ ref('stg_klaviyo__accounts') }} as accounts on metrics.account_id = accounts.account_id
    inner join changes on metrics.account_id = changes.account_id
    where metrics.role = 'revenue'
),

orders as (
    select
        events.account_id,
        events.event_id,
        events.message_id,
        events.is_attributed_to_flow,
        events.attributed_event_id,
        events.value,
        events.value_currency,
        events.occurred_at,
        events.read_at,
        metrics.timezone,
        metrics.newest_read,
        {{ local_date('events.occurred_at', 'metrics.timezone') }} as date_day
    from metrics
    {{ join_few(
        ref('stg_klaviyo__events'), 'events',
        'metrics.account_id = events.account_id and metrics.metric_id = events.metric_id
        and metrics.reads_from <= events.occurred_at'
    ) }}
    where events.is_attributed
),

touches as (
    select
        orders.event_id as order_id,
        touches.account_id,
        touches.event_id,
        touches.metric_id,
        touches.is_machine,
        touches.occurred_at,
        touches.read_at,
        {{ local_date('touches.occurred_at', 'orders.timezone') }} as date_day
    from orders
    {{ look_up(
        ref('stg_klaviyo__events'), 'touches',
        'touches.account_id = orders.account_id and touches.event_id = orders.attributed_event_id
        and touches.occurred_at <= orders.occurred_at'
    ) }}
),

there as (
    {{ events_still_there('orders', 'touches') }}
)

select
    orders.account_id,
    orders.date_day,
    orders.event_id,
    coalesce(orders.message_id, '') as message_id,
    orders.is_attributed_to_flow,
    {{ touch_kind('touch_metrics.action', 'touches.is_machine') }} as touch,
    touch_metrics.channel as touch_channel,
    case when touch_metrics.metric_id is not null then {{ hours_between('touches', 'orders') }} end as hours,
    case
        when coalesce(orders.value_currency, '') in ('', currencies.currency) then coalesce(orders.value, 0) else 0
    end as own_amount,
    orders.newest_read as read_at
from orders
inner join there on orders.account_id = there.account_id and orders.event_id = there.event_id
left join there as touches_there
    on orders.account_id = touches_there.account_id and orders.attributed_event_id = touches_there.event_id
left join touches on touches_there.account_id = touches.account_id and orders.event_id = touches.order_id
left join {{ ref('int_metrics') }} as touch_metrics
    on
        touches.account_id = touch_metrics.account_id
        and touches.metric_id = touch_metrics.metric_id
        and touch_metrics.action in ('opened', 'clicked', 'delivered')
left join {{ ref('int_currency_periods') }} as currencies
    on
        orders.account_id = currencies.account_id
        and orders.date_day >= currencies.valid_from
        and orders.date_day < currencies.valid_until
