-- What is compared over clients: their KPIs over 28 days, amounts in the reporting currency. E-mail for what belongs to
-- a channel: a rate over several channels says nothing.
with

kpis as (
    select * from {{ ref('kpis') }}
),

rates as (
    select * from {{ ref('int_fx_days_converted') }}
),

clients as (
    select * from {{ ref('clients') }}
),

health as (
    select * from {{ ref('client_health') }}
),

values_of_clients as (
    select
        days.account_id,
        days.date_day,
        days.kpi,
        days.numerator,
        days.denominator,
        days.value
    from {{ ref('int_kpi_days_listed') }} as days
    where days.window_days = 28 and days.channel in ('email', 'all')

    union all

    select
        account_id,
        date_day,
        'health_score' as kpi,
        score * delivered_28d as numerator,
        delivered_28d as denominator,
        score as value
    from health
    where score is not null
),

converted as (
    select
        values_of_clients.account_id,
        values_of_clients.date_day,
        values_of_clients.kpi,
        kpis.unit,
        kpis.is_higher_better,
        clients.client,
        values_of_clients.denominator,
        values_of_clients.numerator * in_reporting.factor as numerator,
        values_of_clients.value * in_reporting.factor as value
    from values_of_clients
    inner join kpis on values_of_clients.kpi = kpis.kpi
    inner join clients on values_of_clients.account_id = clients.account_id
    left join rates
        on values_of_clients.account_id = rates.account_id and values_of_clients.date_day = rates.date_day
    cross join lateral (
        values (case when kpis.unit = 'money' then rates.reporting_rate else 1 end)
    ) as in_reporting (factor)
)

select *
from converted
where value is not null
