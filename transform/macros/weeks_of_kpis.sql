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
        from ({{ rows_since_change(ref('int_capped_kpi_days'), 145) }}) as days
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
        from ({{ rows_since_change(ref('int_kpi_days'), 139) }}) as windows
        where window_days = 7
    ) as weeks
    inner join {{ ref('kpis') }} as kpis using (kpi)
    where days_known = 7
{%- endmacro %}

{#- Each of these weeks with the three before it (`four_…`), and what is usual and how far from it is still usual in the
    twelve weeks before, by each of the `lags`. -#}
{% macro weeks_measured(lags) -%}
    select
        *,
    {%- for kind in lags %}
        {{ usual_rate('before_' ~ kind) }} as {{ kind }}_usual,
        {{ usual_dispersion('before_' ~ kind) }} as {{ kind }}_dispersion{{ ',' if not loop.last }}
    {%- endfor %}
    from (
        select
            *,
            {%- for column in ['things', 'base', 'actual', 'sends'] %}
            sum({{ column }}) over four_weeks as four_{{ column }},
            {%- endfor %}
            count(*) over four_weeks as weeks_in_month,
            {%- for kind in lags %}
            {{- weeks_added_up('before_' ~ kind) }},
            avg(sends) over before_{{ kind }} as before_{{ kind }}_sends,
            {%- endfor %}
            sum(actual) over before_week / nullif(sum(trials) over before_week, 0) as amount_of_one
        from (
            select
                *,
                {{- week_to_add_up() }}
            from ({{ weeks_of_kpis() }}) as weeks_of_kpis
            where base > 0
            {%- if not var('distributed') %}
            offset 0
            {%- endif %}
        ) as weeks
        window
            {%- for kind, lag in lags.items() %}
            before_{{ kind }} as {{ weeks_before(lag) }},
            {%- endfor %}
            four_weeks as (
                partition by account_id, channel, kpi, currency, extract(isodow from date_day)
                order by date_day range between interval '21 days' preceding and current row
            )
    ) as added_up
{%- endmacro %}

{#- What is usual of so many weeks. Not of a share of much less than usual: the messages of a week without the usual send
    are others. And what more or fewer sends explain is expected: fewer in the week may have brought less, more may have
    brought more. -#}
{% macro expected_of(kind, of_weeks, prefix='') -%}
    {%- set usual, weeks = kind ~ '_usual', 'before_' ~ kind -%}
    {%- set things, base, sends = prefix ~ 'things', prefix ~ 'base', prefix ~ 'sends' -%}
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
