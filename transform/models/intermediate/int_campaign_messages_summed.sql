-- What became of a campaign message, over all days since: by the date of the event. People come from single events and
-- are null for an account without them.
with

message_days as (
    select * from {{ ref('daily_message_metrics') }} where message_kind = 'campaign'
),

people as (
    select
        account_id,
        message_id,
        coalesce(sum(new_people) filter (where action = 'opened'), 0) as unique_opens,
        coalesce(sum(new_human_people) filter (where action = 'opened'), 0) as human_unique_opens,
        coalesce(sum(new_people) filter (where action = 'clicked'), 0) as unique_clicks,
        coalesce(sum(new_human_people) filter (where action = 'clicked'), 0) as human_unique_clicks
    from {{ ref('int_message_people_counted') }}
    group by account_id, message_id
),

summed as (
    select
        account_id,
        message_id,
        sum(delivered) as delivered,
        sum(opens) as opens,
        sum(clicks) as clicks,
        sum(bounced) as bounced,
        sum(spam_complaints) as spam_complaints,
        sum(unsubscribes) as unsubscribes,
        sum(attributed_orders) as attributed_orders,
        case when bool_and(attributed_revenue is not null) then sum(attributed_revenue) end as attributed_revenue
    from message_days
    group by account_id, message_id
),

final as (
    select
        summed.*,
        people.unique_opens,
        people.human_unique_opens,
        people.unique_clicks,
        people.human_unique_clicks
    from summed
    left join people using (account_id, message_id)
)

select * from final
