{{ config(
    materialized='incremental',
    unique_key=['account_id', 'date_day'], meta={'rests_on_events': true}, pre_hook='{{ add_columns_of_lists() }}',
    indexes=[{'columns': ['account_id', 'date_day'], 'unique': true}]
) }}

-- Three things tell: the lists of days that were read whole, the spans that the tap says it read, and the events
-- themselves, because a run that was killed says nothing but has loaded some.
with

built as (
    {{ newest_built(ref('stg_klaviyo__accounts'), 'read_at') }}
),

accounts as (
    select
        accounts.*,
        coalesce(built.read_at, '-infinity') as known_until
    from {{ ref('stg_klaviyo__accounts') }} as accounts
    inner join built on accounts.account_id = built.account_id
),

known as (
    {{ event_days_so_far() }}
),

lists as (
    {{ lists_compared_with('known') }}
),

unioned as (
    select
        accounts.account_id,
        {{ local_date('events.occurred_at', 'accounts.timezone') }} as date_day,
        events.loaded_at as read_at,
        null::timestamp as complete_since,
        events.read_at as newest_event_at,
        false as is_new_list
    from accounts
    {{ join_few(
        ref('stg_klaviyo__events'), 'events',
        'accounts.account_id = events.account_id and accounts.known_until < events.loaded_at'
    ) }}
    union all
    select
        account_id,
        date_day,
        read_at,
        complete_since,
        null as newest_event_at,
        false as is_new_list
    from {{ ref('int_event_span_days') }}
    union all
    select
        account_id,
        date_day,
        case when is_new then logged_at end as read_at,
        null as complete_since,
        null as newest_event_at,
        is_new as is_new_list
    from lists
    union all
    select
        account_id,
        date_day,
        read_at,
        nullif(complete_since, listed_since) as complete_since,
        newest_event_at,
        false as is_new_list
    from known
),

-- A list is loaded before or after its events: its day has changed just after all that has been loaded so far.
days as (
    select
        account_id,
        date_day,
        case
            when bool_or(is_new_list)
                then coalesce(max(max(read_at)) over (partition by account_id), '-infinity') + interval '1 microsecond'
            else max(read_at)
        end as read_at,
        max(complete_since) as complete_since,
        max(newest_event_at) as newest_event_at
    from unioned
    group by account_id, date_day
)

select
    account_id,
    date_day,
    days.read_at,
    greatest(days.complete_since, lists.read_at) as complete_since,
    lists.read_at as listed_since,
    lists.loaded_at as listed_at,
    lists.digest as list_digest,
    days.newest_event_at
from days
left join lists using (account_id, date_day)
where {{ has_its_events('days') }}
