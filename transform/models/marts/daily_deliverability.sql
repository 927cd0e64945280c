{{ config(indexes=[{'columns': ['account_id', 'date_day', 'inbox_provider'], 'unique': true}]) }}

{%- set providers_know = [('delivered', 'delivered'), ('bounced', 'bounced'), ('spam_complaints', 'marked')] %}

with

days as (
    select * from {{ ref('int_account_days_spined') }}
),

metrics as (
    select * from {{ ref('int_metrics_classified') }} where channel = 'email'
),

aggregates as (
    select
        *,
        coalesce(nullif(dimensions ->> 'Inbox Provider', ''), '(unknown)') as inbox_provider
    from {{ ref('stg_klaviyo__metric_aggregates') }}
    where breakdown = 'Inbox Provider' and bucket = 'day' and event_count <> 0
),

channels as (
    select * from {{ ref('int_channels_described') }} where channel = 'email'
),

unread as (
    select * from {{ ref('int_channel_actions_unread') }} where breakdown = 'Inbox Provider' and channel = 'email'
),

counted as (
    select
        account_id,
        aggregates.date_day,
        aggregates.inbox_provider,
        {%- for column, action in providers_know %}
            coalesce(sum(aggregates.event_count) filter (where metrics.action = '{{ action }}'), 0) as {{ column }}
            {{- ',' if not loop.last }}
        {%- endfor %}
    from aggregates
    inner join metrics using (account_id, metric_id)
    group by account_id, aggregates.date_day, aggregates.inbox_provider
),

known as (
    select
        account_id,
        date_day,
        counted.inbox_provider,
        {%- for column, action in providers_know %}
            {{ known_count('counted', column, action) }} as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from counted
    cross join channels
    left join unread using (account_id, date_day)
),

bounces as (
    select
        events.account_id,
        events.date_day,
        coalesce(nullif(events.inbox_provider, ''), '(unknown)') as inbox_provider,
        sum(events.event_count)::bigint as bounced,
        sum(events.hard_count)::bigint as hard_bounced,
        sum(events.soft_count)::bigint as soft_bounced
    from {{ ref('int_message_events_counted') }} as events
    inner join metrics on events.account_id = metrics.account_id and events.metric_id = metrics.metric_id
    where metrics.action = 'bounced'
    group by 1, 2, 3
),

final as (
    select
        days.account_id,
        days.client,
        days.date_day,
        inbox_provider,
        known.delivered,
        known.bounced,
        known.spam_complaints,
        -- The kind of a bounce is in the events alone; they must be all there.
        {%- for column in ['hard_bounced', 'soft_bounced'] %}
            case when known.bounced = 0 then 0 when bounces.bounced = known.bounced then bounces.{{ column }} end
                as {{ column }},
        {%- endfor %}
        days.is_settled
    from known
    inner join days using (account_id, date_day)
    left join bounces using (account_id, date_day, inbox_provider)
)

select * from final
