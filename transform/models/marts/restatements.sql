{{ config(indexes=[{'columns': ['account_id', 'date_day', 'metric', 'seen_at'], 'unique': true}]) }}

with

seen as (
    select
        *,
        lag(value) over value_by_value as old_value,
        lag(seen_at) over value_by_value as old_seen_at,
        lag(was_filling) over value_by_value as old_was_filling
    from {{ ref('int_daily_values_seen') }}
    window value_by_value as (partition by account_id, date_day, metric order by seen_at)
),

accounts as (
    select * from {{ ref('stg_klaviyo__accounts') }}
),

changed as (
    select
        seen.account_id,
        accounts.client,
        seen.date_day,
        seen.metric,
        seen.old_value::numeric(20, 4) as old_value,
        seen.value::numeric(20, 4) as new_value,
        (seen.value - seen.old_value)::numeric(20, 4) as difference,
        {{ rate('seen.value - seen.old_value', 'abs(seen.old_value)') }} as relative_change,
        seen.old_was_filling as was_filling,
        seen.old_seen_at,
        seen.seen_at,
        {{ local_date('seen.seen_at', 'accounts.timezone') }} - seen.date_day as days_later
    from seen
    inner join accounts on seen.account_id = accounts.account_id
    where seen.old_seen_at is not null
),

final as (
    select
        account_id,
        client,
        date_day,
        metric,
        old_value,
        new_value,
        difference,
        relative_change,
        old_seen_at,
        seen_at,
        days_later,
        case
            when was_filling then 'filling'
            when days_later <= {{ var('settle_after_days') }} then 'expected'
            else 'unexpected'
        end as kind
    from changed
)

select * from final
