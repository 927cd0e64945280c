{{ config(
    materialized='incremental',
    unique_key=['account_id', 'date_day'],
    indexes=[{'columns': ['account_id', 'date_day'], 'unique': true}]
) }}

-- Which days' events were read, and when. Two things tell: the spans that the tap says it read, and the events
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

spans as (
    select * from {{ ref('stg_klaviyo__sync_log') }}
    where stream = 'events' and status = 'ok' and window_start is not null
),

span_days as (
    select
        spans.account_id,
        calendar.local_day::date as date_day,
        spans.loaded_at as read_at,
        case
            when
                {{ local_day_start('calendar.local_day', 'accounts.timezone') }} >= spans.window_start
                and {{ local_day_start("calendar.local_day + interval '1 day'", 'accounts.timezone') }}
                <= spans.window_end
                then spans.started_at
        end as complete_since
    from spans
    inner join accounts on spans.account_id = accounts.account_id
    cross join lateral generate_series(
        {{ local_date('spans.window_start', 'accounts.timezone') }}::timestamp,
        {{ local_date("spans.window_end - interval '1 microsecond'", 'accounts.timezone') }}::timestamp,
        interval '1 day'
    ) as calendar (local_day)
),

loaded_days as (
    select
        accounts.account_id,
        {{ local_date('events.occurred_at', 'accounts.timezone') }} as date_day,
        events.loaded_at as read_at,
        null::timestamp as complete_since
    from accounts
    {{ join_few(
        ref('stg_klaviyo__events'), 'events',
        'accounts.account_id = events.account_id and accounts.known_until < events.loaded_at'
    ) }}
),

unioned as (
    select * from span_days
    union all
    select * from loaded_days
    {%- if is_incremental() %}
        union all
        select * from {{ this }}
    {%- endif %}
)

select
    account_id,
    date_day,
    max(read_at) as read_at,
    max(complete_since) as complete_since
from unioned
group by account_id, date_day
