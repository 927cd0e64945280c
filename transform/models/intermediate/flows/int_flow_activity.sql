{{ config(pre_hook=hash_joins()) }}

-- What starts a flow and what it sends, by day, and how much goes on in the shop besides. Days that are not over would
-- look like silence.
with

flows as (
    select * from {{ ref('int_flows') }} where not is_archived
),

days as (
    select
        account_id,
        date_day,
        currency,
        max(date_day) over (partition by account_id) as last_day
    from {{ ref('int_account_days') }}
    where is_over
),

client_days as (
    select * from {{ ref('int_client_days') }}
),

started as (
    select * from {{ ref('int_flow_trigger_days') }}
),

shop as (
    select * from {{ ref('int_shop_days') }}
),

sent as (
    select
        account_id,
        flow_id,
        date_day,
        case when bool_and(delivered is not null) then sum(delivered) end as delivered,
        sum(clicks) as clicks,
        sum(delivered) filter (where clicks is not null) as clickable,
        sum(attributed_revenue) as revenue
    from {{ ref('int_flow_days') }}
    group by account_id, flow_id, date_day
)

select
    days.account_id,
    flows.flow_id,
    days.date_day,
    days.last_day,
    days.currency,
    started.triggers,
    case
        when sent.account_id is not null then sent.delivered
        when client_days.email_delivered is not null then 0
    end as delivered,
    coalesce(sent.clicks, 0) as clicks,
    coalesce(sent.clickable, 0) as clickable,
    coalesce(sent.revenue, 0) as revenue,
    greatest(0, coalesce(shop.things, 0) - coalesce(started.of_shop, 0)) as others
from days
inner join flows on days.account_id = flows.account_id
inner join client_days on days.account_id = client_days.account_id and days.date_day = client_days.date_day
left join started
    on
        days.account_id = started.account_id
        and flows.flow_id = started.flow_id
        and days.date_day = started.date_day
left join sent
    on
        days.account_id = sent.account_id
        and flows.flow_id = sent.flow_id
        and days.date_day = sent.date_day
left join shop on days.account_id = shop.account_id and days.date_day = shop.date_day
where days.date_day > days.last_day - {{ var('flow_history_days') }}
