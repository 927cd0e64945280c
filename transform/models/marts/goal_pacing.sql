{{ config(indexes=[{'columns': ['account_id', 'kpi', 'month'], 'unique': true}]) }}

{#- Of a normal distribution, 80 % is within so many standard deviations. #}
{%- set deviations = 1.2816 %}

with

goals as (
    select * from {{ ref('int_goals') }}
),

projections as (
    select
        *,
        weight_passed / weight as share,
        actual * weight / nullif(weight_passed, 0) as projected,
        case
            when days_passed >= 7
                then {{ deviations }} * sqrt(variance * (weight - weight_passed) / nullif(weight_passed, 0))
        end as margin
    from {{ ref('int_goal_sums') }}
),

final as (
    select
        account_id,
        goals.client,
        kpi,
        month,
        goals.currency,
        goals.target::numeric(20, 4) as target,
        projections.as_of_day,
        projections.days_passed::int as days_passed,
        projections.days_in_month::int as days_in_month,
        projections.actual::numeric(20, 4) as actual,
        projections.shape,
        projections.share::numeric(12, 6) as expected_share,
        (goals.target * projections.share)::numeric(20, 4) as expected_by_now,
        projections.projected::numeric(20, 4) as projected,
        case
            when projections.margin is not null
                then greatest(projections.projected - projections.margin, projections.actual)
        end::numeric(20, 4) as projected_low,
        (projections.projected + projections.margin)::numeric(20, 4) as projected_high,
        goals.problem
    from goals
    left join projections using (account_id, kpi, month)
)

select
    *,
    case
        when actual >= target then 'reached'
        when days_passed = days_in_month and actual is not null then 'missed'
        when projected >= target then 'on track'
        when projected_high >= target then 'at risk'
        when projected_high < target then 'behind'
    end as status
from final
