{#- The newest rate of each currency that an account's amounts are converted from or to is at most so many days old. The
    euro has no rates. -#}
{% test is_renewed(model, days) %}
    with needed as (
        select
            array[currency, '{{ var("reporting_currency") }}'] as currencies
        from {{ ref('stg_klaviyo__accounts') }}
        where currency <> '{{ var("reporting_currency") }}'
    )

    select
        rates.currency,
        max(rates.valid_from) as newest_rate
    from {{ model }} as rates
    where
        rates.currency <> 'EUR'
        and rates.currency in (select unnest(needed.currencies) from needed)
    group by rates.currency
    having max(rates.valid_from) < current_date - {{ days }}
{% endtest %}
