-- The numbers of a report next to those of the period before and of a year ago: the month of the same name, or the week
-- 52 weeks before. Amounts in another currency are no comparison.
with

facts as (
    select * from {{ ref('int_report_values') }}
),

reasons as (
    select * from {{ ref('int_report_reasons') }}
),

compared as (
    select
        facts.*,
        case when facts.unit <> 'money' or facts.currency = before.currency then before.value end as previous,
        case when facts.unit <> 'money' or facts.currency = last_year.currency then last_year.value end as year_ago,
        coalesce(facts.verdict, reasons.reason) as reason,
        case when facts.verdict is not null then facts.healthy else reasons.reason_value end as reason_value
    from facts
    left join facts as before
        on
            facts.account_id = before.account_id
            and facts.period = before.period
            and facts.kpi = before.kpi
            and (facts.period_start - ('1 ' || facts.period)::interval)::date = before.period_start
    left join facts as last_year
        on
            facts.account_id = last_year.account_id
            and facts.period = last_year.period
            and facts.kpi = last_year.kpi
            and case
                when facts.period = 'week' then facts.period_start - 364
                else (facts.period_start - interval '1 year')::date
            end = last_year.period_start
    left join reasons
        on
            facts.account_id = reasons.account_id
            and facts.period = reasons.period
            and facts.period_start = reasons.period_start
            and facts.kpi = reasons.kpi
)

select
    account_id,
    client,
    period,
    period_start,
    period_end,
    rank,
    kpi,
    label,
    unit,
    currency,
    value,
    previous,
    year_ago,
    ((value - previous) / nullif(abs(previous), 0))::numeric(20, 6) as change,
    is_higher_better,
    reason,
    reason_value::numeric(20, 6) as reason_value,
    is_complete,
    is_settled
from compared
