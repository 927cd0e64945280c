with chosen as (
    select distinct currency from clients where client in (${client:sqlstring})
),

common as (
    select distinct reporting_currency as currency from daily_client_metrics
    where
        client in (${client:sqlstring}) and reporting_rate is not null
        and (select count(*) > 1 from chosen)
),

offered as (
    select
        currency,
        0 as place
    from common
    union all
    select
        currency,
        1
    from chosen
    union all
    select
        'n/a',
        2
    where not exists (select from chosen)
)

select currency as __text from offered group by currency order by min(place), currency
