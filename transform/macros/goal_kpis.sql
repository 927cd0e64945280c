{#- The numbers that a goal can be about: columns of int_client_days, and whether they are money. -#}
{% macro goal_kpis() -%}
    {{ return([
        ('revenue', true), ('attributed_revenue', true), ('campaign_revenue', true), ('flow_revenue', true),
        ('orders', false), ('attributed_orders', false), ('subscribes', false)
    ]) }}
{%- endmacro %}
