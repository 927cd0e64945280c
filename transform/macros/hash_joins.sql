{#- For a table that is joined whole from others, by account, metric and day. Postgres takes such a join for no more
    selective than the most selective of its columns, and would rather sort all rows, or look each one up, than hash them:
    two to five times the work. A pre-hook, so it ends with the model's transaction. -#}
{% macro hash_joins() -%}
    set local enable_mergejoin = off; set local enable_nestloop = off
{%- endmacro %}
