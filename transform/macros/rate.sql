{#- A rate is a sum over a sum, and nothing where there is nothing to divide by. -#}
{% macro rate(numerator, denominator, type='numeric(12, 6)') -%}
    (({{ numerator }})::numeric / nullif({{ denominator }}, 0))::{{ type }}
{%- endmacro %}
