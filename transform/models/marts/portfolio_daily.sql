{{ config(indexes=[{'columns': ['date_day', 'kpi'], 'unique': true}]) }}

-- Over all clients, and so the one table whose key does not begin with an account. It ends with the last day that is
-- over for all of them, wherever they are; a client that is not read any more does not hold the others up.
with

clients as (
    select * from {{ ref('int_clients') }}
),

ends as (
    select min(clients.last_whole_day) as last_day
    from clients
    where clients.last_whole_day >= (select max(newest.last_whole_day) - 2 from clients as newest)
),

converted as (
    select * from {{ ref('int_portfolio_kpis') }}
),

final as (
    select
        date_day,
        kpi,
        unit,
        28 as window_days,
        count(value)::int as clients,
        (case when bool_and(denominator is null) then sum(numerator) end)::numeric(20, 4) as total,
        {{ rate('sum(numerator)', 'sum(denominator)', 'numeric(20, 6)') }} as weighted_value,
        {{ quartile(0.5) }} as median_value,
        {{ quartile(0.25) }} as lower_quartile,
        {{ quartile(0.75) }} as upper_quartile,
        (array_agg(client order by case when is_higher_better then -value else value end, client))[1] as best_client,
        (array_agg(client order by case when is_higher_better then value else -value end, client))[1] as worst_client,
        '{{ var("reporting_currency") }}' as reporting_currency
    from converted
    where date_day <= (select ends.last_day from ends)
    group by date_day, kpi, unit
)

select * from final
