{#- What is usual, from the same weekday of twelve earlier weeks, the latest of them `lag` days ago. The weeks with the
    highest and the lowest rate are left out, so that neither a sale nor a bad send is usual. Wants rows with `things`
    (what is counted), `base` (what it is a share of; 1 without), `small` (Anscombe's 3/8; 0 for amounts of money) and
    the columns of `week_to_add_up`. -#}
{% macro weeks_before(lag) -%}
    (
        partition by account_id, channel, kpi, currency, extract(isodow from date_day)
        order by date_day
        range between interval '{{ lag + 77 }} days' preceding and interval '{{ lag }} days' preceding
    )
{%- endmacro %}

{% macro weeks_added_up(weeks) %}
        count(*) over {{ weeks }} as {{ weeks }}_count,
        sum(things) over {{ weeks }} as {{ weeks }}_things,
        sum(base) over {{ weeks }} as {{ weeks }}_base,
        sum(root) over {{ weeks }} as {{ weeks }}_roots,
        max(point) over {{ weeks }} as {{ weeks }}_most,
        min(point) over {{ weeks }} as {{ weeks }}_least
{%- endmacro %}

{#- Of one week: what `weeks_added_up` wants. The rate comes first, so that the highest array is that of the highest rate. -#}
{% macro week_to_add_up() %}
        array[things / base, things, base] as point,
        {{ stabilised('things * base', 'small * base') }} as root
{%- endmacro %}

{#- Twice the root of a count has the same variance whatever the count is: 1 if chance alone is at work (Anscombe 1948),
    and the dispersion if more than that is. -#}
{% macro stabilised(things, small) -%}
    2 * sqrt(greatest({{ things }}, 0) + {{ small }})
{%- endmacro %}

{#- Things per base. -#}
{% macro usual_rate(weeks) -%}
    case
        when {{ weeks }}_count >= 5
            then ({{ weeks }}_things - {{ weeks }}_most[2] - {{ weeks }}_least[2])
                / nullif({{ weeks }}_base - {{ weeks }}_most[3] - {{ weeks }}_least[3], 0)
    end
{%- endmacro %}

{#- How much more than chance the weeks differ: the variance of their stabilised rates, each weighed by its base. The
    factor makes good that the two most distant are left out (as simulated, for 5 to 12 weeks of a normal distribution). -#}
{% macro usual_dispersion(weeks) -%}
    case
        when {{ weeks }}_count >= 5
            then greatest(0, (
                4 * (
                    {{ weeks }}_things - {{ weeks }}_most[2] - {{ weeks }}_least[2]
                    + small * ({{ weeks }}_count - 2)
                )
                - (
                    {{ weeks }}_roots
                    {%- for end in ['most', 'least'] %}
                    - {{ stabilised(weeks ~ '_' ~ end ~ '[2] * ' ~ weeks ~ '_' ~ end ~ '[3]',
                        'small * ' ~ weeks ~ '_' ~ end ~ '[3]') }}
                    {%- endfor %}
                ) ^ 2 / nullif({{ weeks }}_base - {{ weeks }}_most[3] - {{ weeks }}_least[3], 0)
            )) / ({{ weeks }}_count - 3) * (1.15 + 6.5 / ({{ weeks }}_count - 0.93))
    end
{%- endmacro %}

{% macro days_of_kpi(first, last) -%}
    partition by account_id, channel, kpi, currency
    order by date_day range between interval '{{ first }} days' preceding and interval '{{ last }} days' preceding
{%- endmacro %}

{#- The least dispersion that is believed: of chance itself (orders differ in their amounts, hence the 2), and a share by
    which a number differs from week to week anyway. -#}
{% macro least_dispersion(usual, amount_of_one, expected) -%}
    case when unit = 'ratio' then greatest(1 - {{ usual }}, 0.05) when unit = 'money' then 2 * {{ amount_of_one }} else 1 end
    + case when unit = 'ratio' then 0.1 else 0.05 end ^ 2 * {{ expected }}
{%- endmacro %}

{#- How far something is from what is expected, in standard deviations. Null without an expectation: `stabilised` would
    take none for 0. -#}
{% macro anomaly_score(things, expected, dispersion) -%}
    case
        when {{ expected }} is not null
            then ({{ stabilised(things, 'small') }} - {{ stabilised(expected, 'small') }})
                / nullif(sqrt({{ dispersion }}), 0)
    end
{%- endmacro %}
