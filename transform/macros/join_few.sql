{#- An inner join that finds few rows among very many, through an index: so few that reading all of them would be a
    hundred times the work. Postgres cannot know that beforehand (how much is new stands in another table), so the daily run
    tells it: row by row. The first time there is no such thing, everything is new. -#}
{% macro join_few(relation, alias, condition) -%}
    {%- if is_incremental() -%}
        {{ look_up(relation, alias, condition) }}
    {%- else -%}
        inner join {{ relation }} as {{ alias }} on {{ condition }}
    {%- endif -%}
{%- endmacro %}

{#- The same whatever is built: each row's match is looked up through an index. On a cluster, Citus refuses this form. -#}
{% macro look_up(relation, alias, condition) -%}
    {%- if var('distributed') -%}
        inner join {{ relation }} as {{ alias }} on {{ condition }}
    {%- else -%}
        cross join lateral (select * from {{ relation }} as {{ alias }} where {{ condition }} offset 0) as {{ alias }}
    {%- endif -%}
{%- endmacro %}
