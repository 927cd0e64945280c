{{ config(pre_hook=hash_joins()) }}

-- What is compared over clients: their KPIs over 28 days, amounts in the reporting currency. Email for what belongs to
-- a channel: a rate over several channels is meaningless. Only windows that are complete.
with

kpis as (
    select * from {{ ref('kpis') }}
),

rates as (
    select * from {{ ref('int_fx_rates_daily') }}
),

clients as (
    select * from {{ ref('int_clients') }}
),

health as (
    select * from {{ ref('int_client_health') }}
),

values_of_clients as (
    select
        days.account_id,
        days.date_day,
        days.kpi,
        days.numerator,
        days.denominator,
        days.value
    from {{ ref('int_kpi_days') }} as days
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
    where score is not null and days_known = 28
),

-- A share of money has money in both of its parts: without one currency their sums over clients would mix. Where what
-- is divided by is not known, the quotient is not either: its numerator alone is no count.
converted as (
    select
        account_id,
        date_day,
        kpi,
        kpis.unit,
        kpis.is_higher_better,
        clients.client,
        values_of_clients.denominator
        * case when kpi = 'attributed_share' then rates.reporting_rate else 1 end as denominator,
        values_of_clients.numerator
        * case when kpis.unit = 'money' or kpi = 'attributed_share' then rates.reporting_rate else 1 end as numerator,
        values_of_clients.value
        * case when kpis.unit = 'money' then rates.reporting_rate else 1 end as value
    from values_of_clients
    inner join kpis using (kpi)
    inner join clients using (account_id)
    left join rates using (account_id, date_day)
    where
        values_of_clients.denominator is not null
        or (kpis.unit <> 'ratio' and kpi <> 'revenue_per_recipient')
)

select *
from converted
where value is not null
