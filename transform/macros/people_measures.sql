{#- Kinds of people who are counted over a window: column, action, and whether machines (bots, Apple's privacy opens) are
    left out. -#}
{% macro people_measures() -%}
    {{ return([
        ('recipients', 'delivered', false),
        ('openers', 'opened', false),
        ('human_openers', 'opened', true),
        ('clickers', 'clicked', false),
        ('human_clickers', 'clicked', true),
        ('buyers', 'ordered', false),
    ]) }}
{%- endmacro %}
