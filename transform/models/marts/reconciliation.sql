{{ config(pre_hook=hash_joins(), indexes=[
    {'columns': ['account_id', 'date_day', 'comparison', 'role', 'measure'], 'unique': true},
    {'columns': ['status']}
]) }}

with

compared as (
    {%- for counted in ['event', 'channel', 'message', 'send', 'touch'] %}
        select * from {{ ref('int_' ~ counted ~ '_comparison') }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

tolerances as (
    select * from {{ ref('tolerances') }}
),

days as (
    select * from {{ ref('int_account_days') }}
),

measured as (
    select
        compared.*,
        tolerances.relative as tolerance,
        tolerances.absolute,
        tolerances.relative_28_days,
        tolerances.is_binding,
        tolerances.reason,
        compared.compared_value - compared.reference_value as difference,
        abs(compared.compared_value - compared.reference_value)
        <= greatest(tolerances.absolute, tolerances.relative * abs(compared.reference_value)) as is_tolerable
    from compared
    inner join tolerances on compared.comparison = tolerances.comparison and compared.measure = tolerances.measure
),

differing as (
    select distinct
        account_id,
        comparison,
        role,
        measure
    from measured
    where difference <> 0
),

-- A small daily shortfall is tolerable; the same shortfall on every day of 28 is not.
summed as (
    select
        account_id,
        measured.date_day,
        comparison,
        role,
        measure,
        abs(sum(measured.difference) over last_days)
        > greatest(measured.absolute, measured.relative_28_days * sum(abs(measured.reference_value)) over last_days)
            as adds_up
    from measured
    inner join differing using (account_id, comparison, role, measure)
    where measured.relative_28_days is not null
    window
        last_days as (
            partition by account_id, comparison, role, measure
            order by measured.date_day range between interval '27 days' preceding and current row
        )
)

select
    account_id,
    days.client,
    date_day,
    comparison,
    role,
    measure,
    measured.reference_value::numeric(20, 4) as reference_value,
    measured.compared_value::numeric(20, 4) as compared_value,
    measured.difference::numeric(20, 4) as difference,
    {{ rate('measured.difference', 'abs(measured.reference_value)') }} as relative_difference,
    measured.tolerance::numeric(12, 6) as tolerance,
    case
        when measured.difference = 0 then 'ok'
        when measured.is_tolerable and summed.adds_up and days.is_settled then 'adds_up'
        when measured.is_tolerable then 'within_tolerance'
        when not days.is_settled then 'unsettled'
        when not measured.is_binding then 'explained'
        else 'out_of_tolerance'
    end as status,
    case
        when measured.difference = 0 then null
        when not days.is_settled then 'The day may still change. ' || measured.reason || '.'
        else measured.reason || '.'
    end as reason,
    days.is_settled
from measured
inner join days using (account_id, date_day)
left join summed using (account_id, date_day, comparison, role, measure)
