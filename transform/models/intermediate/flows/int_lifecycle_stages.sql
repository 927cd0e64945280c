-- What the flows of a stage do together. The one that is named is live, and of several the one that sends most.
with

flows as (
    select
        health.*,
        flows.live_emails,
        flows.live_texts,
        flows.first_delay_hours,
        health.flow_status = 'live' as is_live
    from {{ ref('int_flow_health') }} as health
    inner join {{ ref('int_flows') }} as flows
        on health.account_id = flows.account_id and health.flow_id = flows.flow_id
),

named as (
    select distinct on (account_id, stage)
        account_id,
        stage,
        flow_id,
        flow_name,
        flow_status
    from flows
    where stage is not null
    order by account_id asc, stage asc, is_live desc nulls last, delivered_28_days desc nulls last, flow_id asc
),

added_up as (
    select
        account_id,
        stage,
        count(*) filter (where is_live) as live_flows,
        coalesce(sum(live_emails) filter (where is_live), 0) as live_emails,
        coalesce(sum(live_texts) filter (where is_live), 0) as live_texts,
        min(first_delay_hours) filter (where is_live) as first_delay_hours,
        max(triggers_28_days) filter (where is_live) as triggers_28_days,
        sum(delivered_28_days) as delivered_28_days,
        sum(revenue_28_days) as revenue_28_days
    from flows
    where stage is not null
    group by account_id, stage
),

-- An account whose flows were not read is in no row: a gap would look like a missing flow.
ends as (
    select
        account_id,
        max(date_day) as last_day
    from {{ ref('int_flow_activity') }}
    group by account_id
),

sales as (
    select
        days.account_id,
        days.client,
        max(days.currency) filter (where days.date_day = ends.last_day) as currency,
        case when bool_and(days.revenue is not null) then sum(days.revenue) end as revenue
    from {{ ref('int_client_days') }} as days
    inner join ends
        on days.account_id = ends.account_id and days.date_day between ends.last_day - 27 and ends.last_day
    group by days.account_id, days.client
)

select
    sales.account_id,
    sales.client,
    stages.stage,
    stages.label,
    stages.position,
    named.flow_id,
    named.flow_name,
    named.flow_status,
    coalesce(added_up.live_flows, 0) as live_flows,
    coalesce(added_up.live_emails, 0) as live_emails,
    coalesce(added_up.live_texts, 0) as live_texts,
    added_up.first_delay_hours,
    added_up.triggers_28_days,
    coalesce(added_up.delivered_28_days, 0) as delivered_28_days,
    sales.currency,
    coalesce(added_up.revenue_28_days, 0) as revenue_28_days,
    sales.revenue as sales_28_days,
    {{ rate('coalesce(added_up.revenue_28_days, 0)', 'sales.revenue', 'numeric(20, 6)') }} as share_of_sales
from sales
cross join {{ ref('lifecycle_stages') }} as stages
left join named on sales.account_id = named.account_id and stages.stage = named.stage
left join added_up on sales.account_id = added_up.account_id and stages.stage = added_up.stage
