{#- The 7 days up to each day, of every KPI that is judged: what is counted by the day added up, without what is too much
    (`things`) and with it (`actual`); all others as they are. Wants the relation `changes`. -#}
{% macro weeks_of_kpis() -%}
    select
        account_id, date_day, channel, kpi, kpis.unit, currency, things, base, actual, trials, sends,
        case when kpis.unit = 'money' then 0 else 0.375 end::float8 as small,
        day_things, day_expected, day_score, day_dispersion, day_weeks, first_day, newest_change
    from (
        select
            account_id, date_day, channel, kpi, currency,
            sum(things_capped) over last_days as things,
            1::float8 as base,
            sum(things) over last_days as actual,
            sum(trials) over last_days as trials,
            sum(sends) over last_days as sends,
            things as day_things,
            expected as day_expected,
            score as day_score,
            dispersion as day_dispersion,
            weeks_compared as day_weeks,
            count(*) over last_days as days_known,
            first_day, newest_change
        from ({{ rows_since_change(ref('int_kpi_days_capped'), 139) }}) as days
        window last_days as (
            partition by account_id, channel, kpi, currency
            order by date_day range between interval '6 days' preceding and current row
        )

        union all

        select
            account_id, date_day, channel, kpi,
            '' as currency,
            numerator::float8 as things,
            coalesce(denominator, 1)::float8 as base,
            numerator::float8 as actual,
            trials::float8,
            null as sends,
            null as day_things, null as day_expected, null as day_score, null as day_dispersion, null as day_weeks,
            7 as days_known,
            first_day, newest_change
        from ({{ rows_since_change(ref('int_kpi_days_listed'), 139) }}) as windows
        where window_days = 7
    ) as weeks
    inner join {{ ref('kpis') }} as kpis using (kpi)
    where days_known = 7
{%- endmacro %}

{#- What is usual of so many weeks. Not of a share of much less than usual: the messages of a week without the usual send
    are others. And what more or fewer sends explain is expected: fewer in the week may have brought less, more may have
    brought more. -#}
{% macro expected_of(things, base, sends, usual, weeks, of_weeks) -%}
    case
        when {{ base }} < {{ of_weeks }} * 0.5 * {{ weeks }}_base / {{ weeks }}_count then null
        when {{ sends }} is null then {{ usual }} * {{ base }}
        else greatest(
            {{ usual }} * {{ of_weeks }}
            * least(1, {{ sends }} / nullif({{ of_weeks }} * {{ weeks }}_sends, 0)),
            least(
                {{ things }},
                {{ usual }} * {{ of_weeks }}
                * greatest(1, {{ sends }} / nullif({{ of_weeks }} * {{ weeks }}_sends, 0))
            )
        )
    end
{%- endmacro %}
