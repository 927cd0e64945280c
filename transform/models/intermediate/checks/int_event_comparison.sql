{{ config(pre_hook=hash_joins()) }}

-- Single events against Klaviyo's own aggregates: the same numbers, counted in two places. Only days of which both were
-- read.
with

aggregates as (
    select * from {{ ref('int_metric_days') }} where is_known
),

days_read as (
    select * from {{ ref('int_event_day_reads') }} where complete_since is not null
),

events as (
    select * from {{ ref('int_metric_event_days') }}
),

money as (
    select * from {{ ref('int_currency_days') }}
),

counts as (
    select
        account_id,
        date_day,
        aggregates.role,
        sum(aggregates.event_count) as aggregate_count,
        sum(coalesce(events.event_count, 0)) as event_count
    from aggregates
    inner join days_read using (account_id, date_day)
    left join events using (account_id, metric_id, date_day)
    group by account_id, date_day, aggregates.role
),

amounts as (
    select
        money.account_id,
        money.date_day,
        money.role,
        sum(money.own_amount) as aggregate_amount,
        sum(coalesce(events.own_amount, 0)) as event_amount
    from money
    inner join days_read using (account_id, date_day)
    left join events using (account_id, metric_id, date_day)
    where money.is_known and money.own_amount is not null and not money.is_told_by_events
    group by money.account_id, money.date_day, money.role
)

select
    account_id,
    date_day,
    'events_against_aggregates' as comparison,
    role,
    'count' as measure,
    aggregate_count::numeric as reference_value,
    event_count::numeric as compared_value
from counts
union all
select
    account_id,
    date_day,
    'events_against_aggregates' as comparison,
    role,
    'value' as measure,
    aggregate_amount as reference_value,
    event_amount as compared_value
from amounts
