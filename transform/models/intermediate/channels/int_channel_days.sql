{{ config(pre_hook=hash_joins()) }}

with

days as (
    select * from {{ ref('int_account_days_completeness') }}
),

completed as (
    select * from {{ ref('int_channel_days_completeness') }}
),

channel_days as (
    select * from {{ ref('int_channel_counts') }}
),

credits as (
    select * from {{ ref('int_channel_attribution_days') }}
),

-- The days whose attribution was read. On them, a channel without a credit has 0; on all others, null.
client_credits as (
    select * from {{ ref('int_account_attribution_days') }}
),

answered as (
    select
        account_id,
        channel,
        date_day,
    {%- for column, _, _ in answers() %}
        sum({{ column }}) as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
    from {{ ref('int_delivery_days') }}
    group by account_id, channel, date_day
),

event_days as (
    select * from {{ ref('int_event_days_completeness') }}
),

unknown as (
    select * from {{ ref('int_unknown_actions') }}
),

channels as (
    select * from {{ ref('int_channel_actions') }}
),

final as (
    select
        days.account_id,
        days.client,
        days.date_day,
        channel,
        days.currency,
        {%- for measure in measures() %}
            channel_days.{{ measure.column }},
        {%- endfor %}
        channel_days.bot_clicks,
        channel_days.apple_opens,
        case when client_credits.orders is not null then coalesce(credits.orders, 0) end::bigint as attributed_orders,
        {%- for column, amount in [
            ('attributed_revenue', 'amount'), ('campaign_revenue', 'campaign_amount'), ('flow_revenue', 'flow_amount')
        ] %}
            case
                when client_credits.flow_amount is not null and credits.is_known is not false
                    then coalesce(credits.{{ amount }}, 0)
            end::numeric(20, 4) as {{ column }},
        {%- endfor %}
        {%- for column, action, _ in answers() %}
            {{ known_answer(column, action) }} as {{ column }},
        {%- endfor %}
        channel_days.machine_opens,
        days.is_settled,
        coalesce(completed.is_missing, days.is_missing) as is_missing,
        days.is_over,
        coalesce(completed.is_whole, days.is_whole) as is_whole
    from channel_days
    full outer join credits using (account_id, date_day, channel)
    inner join days using (account_id, date_day)
    left join completed using (account_id, date_day, channel)
    left join client_credits using (account_id, date_day)
    left join event_days using (account_id, date_day)
    left join answered using (account_id, date_day, channel)
    left join channels using (channel)
    left join unknown using (account_id, channel)
)

select * from final
