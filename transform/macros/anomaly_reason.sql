{#- An anomaly in words: "Bounce rate (email) in 7 days: 6.71%, usually 0.80% (12 weeks), since 2026-03-09". -#}
{% macro anomaly_reason() -%}
    format(
        '%s%s %s: %s, %s %s (%s weeks)%s',
        valued.label,
        case when valued.channel <> 'all' then ' (' || valued.channel || ')' else '' end,
        case when valued.window_days = 1 then 'on the day' else 'in ' || valued.window_days || ' days' end,
        {{ amount_in_words('valued.value') }},
        case when valued.kind = 'decline' then 'two months before' else 'usually' end,
        {{ amount_in_words('valued.expected') }},
        valued.weeks_compared,
        case when valued.kind <> 'day' then ', since ' || valued.onset else '' end
    )
{%- endmacro %}

{% macro amount_in_words(amount) -%}
    case
        when valued.unit = 'ratio' then round(({{ amount }} * 100)::numeric, 2) || '%'
        when valued.unit = 'money' then to_char({{ amount }}, 'FM999,999,999,990') || ' ' || days.currency
        else to_char({{ amount }}, 'FM999,999,999,990')
    end
{%- endmacro %}
