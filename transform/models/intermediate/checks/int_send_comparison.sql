-- Klaviyo's own reports, dated by the send, against the same messages dated by the event. They differ by design: what
-- is opened tomorrow belongs to today's send. Deliveries should agree, give or take a midnight.
with

campaigns as (
    select * from {{ ref('int_campaigns') }} where send_delivered is not null and delivered is not null
),

flows as (
    select * from {{ ref('int_flow_days') }} where send_delivered is not null and delivered is not null
),

days as (
    select
        account_id,
        sent_day as date_day,
        sum(delivered) as delivered,
        sum(send_delivered) as send_delivered,
        sum(attributed_revenue) filter (where send_revenue is not null) as attributed_revenue,
        sum(send_revenue) filter (where attributed_revenue is not null) as send_revenue
    from campaigns
    group by account_id, sent_day

    union all

    select
        account_id,
        date_day,
        sum(delivered) as delivered,
        sum(send_delivered) as send_delivered,
        sum(attributed_revenue) filter (where send_revenue is not null) as attributed_revenue,
        sum(send_revenue) filter (where attributed_revenue is not null) as send_revenue
    from flows
    group by account_id, date_day
),

summed as (
    select
        account_id,
        date_day,
        sum(delivered) as delivered,
        sum(send_delivered) as send_delivered,
        sum(attributed_revenue) as attributed_revenue,
        sum(send_revenue) as send_revenue
    from days
    group by account_id, date_day
)

select
    account_id,
    date_day,
    'send_against_event' as comparison,
    'delivered' as role,
    'count' as measure,
    send_delivered::numeric as reference_value,
    delivered::numeric as compared_value
from summed
union all
select
    account_id,
    date_day,
    'send_against_event' as comparison,
    'attributed_revenue' as role,
    'value' as measure,
    send_revenue as reference_value,
    attributed_revenue as compared_value
from summed
where attributed_revenue is not null
