{{ config(pre_hook=hash_joins()) }}

-- Klaviyo adds up amounts whatever their currency. Two things tell a day's own currency from the rest: the breakdown
-- by '$value_currency', and the day's events if all of them are loaded. An event without a currency is the account's.
with

metric_days as (
    select * from {{ ref('int_metric_days') }} where role in ('revenue', 'refund')
),

currencies as (
    select * from {{ ref('int_currency_periods') }}
),

days_read as (
    select * from {{ ref('int_known_metric_days') }} where breakdown = '$value_currency' and bucket = 'day'
),

aggregates as (
    select
        aggregates.*,
        coalesce(upper(aggregates.dimensions ->> '$value_currency'), '') in ('', currencies.currency) as is_own
    from {{ ref('int_metric_aggregates') }} as aggregates
    inner join currencies
        on
            aggregates.account_id = currencies.account_id
            and aggregates.date_day >= currencies.valid_from
            and aggregates.date_day < currencies.valid_until
    where aggregates.breakdown = '$value_currency' and aggregates.bucket = 'day'
),

event_days as (
    select * from {{ ref('int_metric_event_days') }}
),

breakdown_days as (
    select
        days_read.account_id,
        days_read.metric_id,
        days_read.date_day,
        coalesce(sum(aggregates.sum_value) filter (where aggregates.is_own), 0) as own_amount,
        coalesce(bool_or(not aggregates.is_own), false) as has_foreign_currency
    from days_read
    left join aggregates
        on
            days_read.account_id = aggregates.account_id
            and days_read.metric_id = aggregates.metric_id
            and days_read.date_day = aggregates.date_day
    group by days_read.account_id, days_read.metric_id, days_read.date_day
),

final as (
    select
        metric_days.account_id,
        metric_days.metric_id,
        metric_days.date_day,
        metric_days.role,
        metric_days.is_known,
        metric_days.sum_value as total_amount,
        metric_days.event_count,
        -- On a day without events, or of a single currency, nothing has to be told apart.
        case
            when metric_days.event_count = 0 then 0
            when breakdown_days.own_amount is not null then breakdown_days.own_amount
            when event_days.has_foreign_currency then event_days.own_amount
            when not event_days.has_foreign_currency then metric_days.sum_value
        end as own_amount,
        breakdown_days.own_amount is null and coalesce(event_days.has_foreign_currency, false) as is_told_by_events,
        coalesce(breakdown_days.has_foreign_currency, event_days.has_foreign_currency, false) as has_foreign_currency,
        event_days.foreign_flow_amount,
        event_days.foreign_campaign_amount
    from metric_days
    left join breakdown_days
        on
            metric_days.account_id = breakdown_days.account_id
            and metric_days.metric_id = breakdown_days.metric_id
            and metric_days.date_day = breakdown_days.date_day
    left join event_days
        on
            metric_days.account_id = event_days.account_id
            and metric_days.metric_id = event_days.metric_id
            and metric_days.date_day = event_days.date_day
            and metric_days.event_count = event_days.event_count
)

select * from final
