{{ config(pre_hook=hash_joins(), indexes=[
    {'columns': ['account_id', 'date_day', 'inbox_provider'], 'unique': true}
]) }}

with

days as (
    select * from {{ ref('int_account_days') }}
),

metrics as (
    select * from {{ ref('int_metrics') }} where channel = 'email' and action = 'bounced'
),

counted as (
    select * from {{ ref('int_provider_days') }}
),

bounces as (
    select
        events.account_id,
        events.date_day,
        coalesce(nullif(events.inbox_provider, ''), '(unknown)') as inbox_provider,
        sum(events.event_count)::bigint as bounced,
        sum(events.hard_count)::bigint as hard_bounced,
        sum(events.soft_count)::bigint as soft_bounced
    from {{ ref('int_message_event_days') }} as events
    inner join metrics on events.account_id = metrics.account_id and events.metric_id = metrics.metric_id
    group by 1, 2, 3
),

answered as (
    select
        account_id,
        coalesce(nullif(inbox_provider, ''), '(unknown)') as inbox_provider,
        date_day,
    {%- for column, _, _ in answers() %}
        sum({{ column }}) as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
    from {{ ref('int_delivery_days') }}
    where channel = 'email'
    group by 1, 2, 3
),

unknown as (
    select * from {{ ref('int_unknown_actions') }} where channel = 'email'
),

event_days as (
    select * from {{ ref('int_event_days_completeness') }}
),

final as (
    select
        days.account_id,
        days.client,
        days.date_day,
        inbox_provider,
        counted.delivered,
        counted.bounced,
        counted.spam_complaints,
        -- The kind of a bounce is in the events alone; they must be all there.
        {%- for column in ['hard_bounced', 'soft_bounced'] %}
            case when counted.bounced = 0 then 0 when bounces.bounced = counted.bounced then bounces.{{ column }} end
                as {{ column }},
        {%- endfor %}
        {%- for column, action, _ in answers() if action in ('delivered', 'marked') %}
            case
                when event_days.has_events and not coalesce('{{ action }}' = any(unknown.actions), false)
                    then coalesce(answered.{{ column }}, 0)
            end::bigint as {{ column }},
        {%- endfor %}
        days.is_settled,
        days.is_over
    from counted
    inner join days using (account_id, date_day)
    left join bounces using (account_id, date_day, inbox_provider)
    left join event_days using (account_id, date_day)
    left join answered using (account_id, date_day, inbox_provider)
    left join unknown using (account_id)
)

select * from final
