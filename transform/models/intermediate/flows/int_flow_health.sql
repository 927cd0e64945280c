with

flows as (
    select * from {{ ref('int_flows') }} where not is_archived
),

verdicts as (
    select distinct on (account_id, flow_id) *
    from {{ ref('int_flow_verdicts') }}
    order by account_id asc, flow_id asc, date_day desc
),

days as (
    select * from {{ ref('int_flow_activity') }}
),

earned as (
    select
        account_id,
        flow_id,
        sum(revenue) as revenue
    from days
    where date_day > last_day - 28
    group by account_id, flow_id
)

select
    flows.account_id,
    flows.client,
    flows.flow_id,
    flows.flow_name,
    flows.status as flow_status,
    flows.stage,
    flows.trigger_kind,
    flows.trigger_metric,
    verdicts.date_day,
    verdicts.verdict,
    verdicts.since_day,
    {{ flow_reason() }} as reason,
    verdicts.triggers_28_days::bigint as triggers_28_days,
    verdicts.delivered_28_days::bigint as delivered_28_days,
    days.currency,
    earned.revenue::numeric(20, 4) as revenue_28_days,
    verdicts.value_at_stake
from flows
inner join verdicts using (account_id, flow_id)
inner join days using (account_id, flow_id, date_day)
inner join earned using (account_id, flow_id)
