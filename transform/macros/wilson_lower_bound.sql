{#- The lowest rate that what was seen is still likely (95 %) to have come from: one complaint about 900 messages proves
    little. (Wilson's score interval.) -#}
{% macro wilson_lower_bound(rate, trials) -%}
    case when {{ rate }} is not null and {{ trials }} is not null then greatest(0, (
        {{ rate }} + 1.9208 / {{ trials }}
        - 1.96 * sqrt({{ rate }} * (1 - {{ rate }}) / {{ trials }} + 0.9604 / ({{ trials }} * {{ trials }}))
    ) / (1 + 3.8416 / {{ trials }})) end
{%- endmacro %}
