{{ config(indexes=[
    {'columns': ['account_id', 'message_id', 'date_day'], 'unique': true},
    {'columns': ['account_id', 'date_day']}
]) }}

with

days as (
    select * from {{ ref('int_account_days_spined') }}
),

messages as (
    select * from {{ ref('int_messages_unioned') }}
),

message_days as (
    select
        account_id,
        message_id,
        date_day,
        sum(event_count) filter (where action = 'delivered') as delivered,
        sum(event_count) filter (where action = 'opened') as opens,
        sum(unique_profiles) filter (where action = 'opened') as unique_opens,
        sum(event_count) filter (where action = 'clicked') as clicks,
        sum(unique_profiles) filter (where action = 'clicked') as unique_clicks,
        sum(event_count) filter (where action = 'bounced') as bounced,
        sum(event_count) filter (where action = 'marked') as spam_complaints,
        sum(event_count) filter (where action = 'unsubscribed') as unsubscribes
    from {{ ref('int_message_days_counted') }}
    group by account_id, message_id, date_day
),

credits as (
    select
        account_id,
        message_id,
        date_day,
        sum(orders) as attributed_orders,
        sum(amount) as attributed_revenue,
        bool_and(amount is not null) as is_known
    from {{ ref('int_message_attribution_summed') }}
    group by account_id, message_id, date_day
),

final as (
    select
        days.account_id,
        days.client,
        message_id,
        days.date_day,
        messages.message_kind,
        coalesce(messages.channel, 'unknown') as channel,
        days.currency,
        {%- for column in [
            'delivered', 'opens', 'unique_opens', 'clicks', 'unique_clicks', 'bounced', 'spam_complaints', 'unsubscribes'
        ] %}
            coalesce(message_days.{{ column }}, 0)::bigint as {{ column }},
        {%- endfor %}
        coalesce(credits.attributed_orders, 0)::bigint as attributed_orders,
        case when credits.is_known is not false then coalesce(credits.attributed_revenue, 0) end::numeric(20, 4)
            as attributed_revenue,
        days.is_settled
    from message_days
    full outer join credits using (account_id, message_id, date_day)
    inner join days using (account_id, date_day)
    left join messages using (account_id, message_id)
)

select * from final
