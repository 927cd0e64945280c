with

days as (
    select * from {{ ref('int_goal_days') }}
),

summed as (
    select
        account_id,
        kpi,
        month,
        min(shape) as shape,
        count(*) as days_in_month,
        count(*) filter (where is_passed) as days_passed,
        max(date_day) filter (where is_passed) as as_of_day,
        sum(weight) as weight,
        coalesce(sum(weight) filter (where is_passed), 0) as weight_passed,
        case
            when count(*) filter (where is_passed and value is null) = 0
                then coalesce(sum(value) filter (where is_passed), 0)
        end as actual
    from days
    group by account_id, kpi, month
),

-- How far days are from their share of the sum so far, as a variance that grows with the share.
spread as (
    select
        account_id,
        kpi,
        month,
        (
            sum((days.value - summed.actual * days.weight / summed.weight_passed) ^ 2 / days.weight)
            * max(summed.weight) / nullif(count(*) - 1, 0)
        )::numeric(40, 6) as variance
    from days
    inner join summed using (account_id, kpi, month)
    where days.is_passed and days.weight > 0 and summed.weight_passed > 0
    group by account_id, kpi, month
)

select
    summed.*,
    spread.variance
from summed
left join spread using (account_id, kpi, month)
