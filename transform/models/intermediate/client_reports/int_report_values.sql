-- A report's numbers, with the bounds of those rates that have some, and whether the rate keeps them. A rate of
-- complaints is held against its bounds cautiously, as in client_health.
with

sums as (
    select * from {{ ref('int_report_sums') }}
),

parts as (
    select * from {{ ref('health_parts') }}
),

kpis as (
    {%- for kpi in report_kpis() %}
        {%- if not loop.first %}
            union all
        {%- endif %}
        select
            account_id,
            client,
            period,
            period_start,
            period_end,
            currency,
            is_complete,
            is_settled,
            {{ loop.index }} as rank,
            '{{ kpi.kpi }}' as kpi,
            '{{ kpi.unit }}' as unit,
            '{{ kpi.label }}' as label,
            {{ "'" ~ kpi.bounds ~ "'" if kpi.bounds else 'null' }}::text as part,
            {{ kpi.is_higher_better }}::boolean as is_higher_better,
            ({{ kpi.value }})::numeric(20, 6) as value,
            deliveries
        from sums
    {%- endfor %}
),

judged as (
    select
        kpis.*,
        parts.healthy,
        parts.attention,
        case
            when kpis.part = 'spam' then {{ wilson_lower_bound('kpis.value', 'nullif(kpis.deliveries, 0)') }}
            else kpis.value
        end as judged_value
    from kpis
    left join parts on kpis.part = parts.part
)

select
    account_id,
    client,
    period,
    period_start,
    period_end,
    currency,
    is_complete,
    is_settled,
    rank,
    kpi,
    unit,
    label,
    is_higher_better,
    value,
    healthy,
    case
        when judged_value is null or healthy is null then null
        when is_higher_better and judged_value >= healthy or not is_higher_better and judged_value <= healthy
            then 'healthy'
        when is_higher_better and judged_value >= attention or not is_higher_better and judged_value <= attention
            then 'attention'
        else 'poor'
    end as verdict
from judged
