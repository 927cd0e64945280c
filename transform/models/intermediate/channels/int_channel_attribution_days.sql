-- What Klaviyo credits to each channel, by the day of the order. A message that does not exist any more, or one that
-- goes out over several channels, has the channel `unknown`, so that channels always add up to the client.
with

credits as (
    select * from {{ ref('int_message_attribution_days') }}
),

messages as (
    select * from {{ ref('int_messages') }}
),

final as (
    select
        credits.account_id,
        credits.date_day,
        case when messages.channel = 'mixed' then 'unknown' else coalesce(messages.channel, 'unknown') end as channel,
        sum(credits.orders) as orders,
        bool_and(credits.amount is not null) as is_known,
        coalesce(sum(credits.amount), 0) as amount,
        coalesce(sum(credits.amount) filter (where credits.is_flow), 0) as flow_amount,
        coalesce(sum(credits.amount) filter (where not credits.is_flow), 0) as campaign_amount
    from credits
    left join messages using (account_id, message_id)
    group by 1, 2, 3
)

select * from final
