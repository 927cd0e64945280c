{{ config(
    materialized='incremental', incremental_strategy='replace_days', meta={'rests_on_events': true},
    post_hook='{{ forget_in_kept_days() }}',
    indexes=[
        {'columns': ['account_id', 'date_day', 'metric_id', 'message_id', 'profile_id', 'inbox_provider'], 'unique': true},
        {'columns': ['account_id', 'message_id']},
        {'columns': ['account_id', 'read_at']}
    ]
) }}

-- Single events, folded to a row per day, metric, message and person, for what aggregates cannot tell. An event is gone
-- if its day was read whole and did not have it: it is not on the day's list or, without one, was not written again.
with

days_read as (
    {{ days_read_since_last_build() }}
),

accounts as (
    select
        accounts.account_id,
        accounts.timezone,
        {{ local_day_start('min(days_read.date_day)', 'accounts.timezone') }} as reads_from
    from {{ ref('stg_klaviyo__accounts') }} as accounts
    inner join days_read on accounts.account_id = days_read.account_id
    group by accounts.account_id, accounts.timezone
),

events as (
    select
        events.*,
        {{ local_date('events.occurred_at', 'accounts.timezone') }} as date_day
    from accounts
    {{ join_few(
        ref('stg_klaviyo__events'), 'events',
        'accounts.account_id = events.account_id and accounts.reads_from <= events.occurred_at'
    ) }}
),

listed as (
    select
        days_read.account_id,
        days_read.date_day,
        listed.event_id
    from days_read
    inner join {{ ref('int_event_day_lists') }} as lists
        on
            days_read.account_id = lists.account_id
            and days_read.date_day = lists.date_day
            and days_read.listed_since = days_read.complete_since
    cross join lateral jsonb_array_elements_text(lists.event_ids) as listed (event_id)
),

described as (
    select
        events.*,
        days_read.read_at as day_read_at,
        coalesce(events.value, 0) as amount,
        coalesce(events.value_currency, '') in ('', currencies.currency) as is_own
    from days_read
    inner join events
        on
            days_read.account_id = events.account_id
            and days_read.date_day = events.date_day
    left join listed
        on
            days_read.account_id = listed.account_id
            and days_read.date_day = listed.date_day
            and events.event_id = listed.event_id
    left join {{ ref('int_currency_periods') }} as currencies
        on
            days_read.account_id = currencies.account_id
            and days_read.date_day >= currencies.valid_from
            and days_read.date_day < currencies.valid_until
    where
        days_read.complete_since is null
        or days_read.complete_since <= events.read_at
        or listed.event_id is not null
)

select
    account_id,
    date_day,
    coalesce(metric_id, '') as metric_id,
    coalesce(message_id, '') as message_id,
    coalesce(profile_id, '') as profile_id,
    coalesce(inbox_provider, '') as inbox_provider,
    count(*) as event_count,
    count(*) filter (where not is_machine) as human_count,
    count(*) filter (where is_apple) as apple_count,
    count(*) filter (where bounce_type = 'hard') as hard_count,
    count(*) filter (where bounce_type = 'soft') as soft_count,
    bool_or(not is_own) as has_foreign_currency,
    coalesce(sum(amount) filter (where is_own), 0) as own_amount,
    coalesce(sum(amount) filter (where not is_own and is_attributed_to_flow), 0) as foreign_flow_amount,
    coalesce(sum(amount) filter (where not is_own and is_attributed and not is_attributed_to_flow), 0)
        as foreign_campaign_amount,
    day_read_at as read_at
from described
group by 1, 2, 3, 4, 5, 6, day_read_at
