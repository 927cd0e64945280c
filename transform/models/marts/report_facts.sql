{{ config(indexes=[{'columns': ['account_id', 'period', 'period_start', 'kpi'], 'unique': true}]) }}

select
    account_id,
    client,
    period,
    period_start,
    period_end,
    rank,
    kpi,
    unit,
    case when unit = 'money' then currency end as currency,
    value,
    previous,
    year_ago,
    change,
    is_higher_better,
    reason,
    reason_value,
    case when value is not null then {{ report_sentence() }} end as sentence,
    is_complete,
    is_settled
from {{ ref('int_report_facts') }}
