-- Which part of a number explains at least half of its change: of a sum, the part that moved it further; of a product
-- or a quotient, the factor with the larger half of the change, when each is given the mean of the other one.
-- Multiplied out, so that nothing is rounded.
with

sums as (
    select * from {{ ref('int_report_sums') }}
),

changes as (
    select
        now.account_id,
        now.period,
        now.period_start,
        now.revenue as r1,
        before.revenue as r0,
        now.orders as o1,
        before.orders as o0,
        now.attributed_revenue as a1,
        before.attributed_revenue as a0,
        now.campaign_revenue - before.campaign_revenue as campaign_change,
        now.flow_revenue - before.flow_revenue as flow_change
    from sums as now
    inner join sums as before
        on
            now.account_id = before.account_id
            and now.period = before.period
            and now.currency = before.currency
            and (now.period_start - ('1 ' || now.period)::interval)::date = before.period_start
),

reasons as (
    select
        account_id,
        period,
        period_start,
        'attributed_revenue' as kpi,
        case
            when sign(a1 - a0) * campaign_change >= sign(a1 - a0) * flow_change then 'campaigns'
            else 'flows'
        end as reason,
        case
            when sign(a1 - a0) * campaign_change >= sign(a1 - a0) * flow_change then campaign_change
            else flow_change
        end as reason_value
    from changes
    where a1 <> a0
    union all
    select
        account_id,
        period,
        period_start,
        'revenue' as kpi,
        case
            when sign(r1 - r0) * (o1 - o0) * (r1 * o0 + r0 * o1) >= abs(r1 - r0) * o1 * o0 then 'orders'
            else 'amount_per_order'
        end as reason,
        o1 - o0 as reason_value
    from changes
    where r1 <> r0 and o1 > 0 and o0 > 0
    union all
    select
        account_id,
        period,
        period_start,
        'attributed_share' as kpi,
        case
            when sign(a1 * r0 - a0 * r1) * (a1 - a0) * (r1 + r0) >= abs(a1 * r0 - a0 * r1) then 'attributed_revenue'
            else 'revenue'
        end as reason,
        case
            when sign(a1 * r0 - a0 * r1) * (a1 - a0) * (r1 + r0) >= abs(a1 * r0 - a0 * r1) then a1 - a0
            else r1 - r0
        end as reason_value
    from changes
    where r1 > 0 and r0 > 0 and a1 * r0 <> a0 * r1
)

select * from reasons
