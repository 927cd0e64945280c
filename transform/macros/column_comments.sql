{#- The comment of a column in the database: its description, and which rows add up (`additive` in its metadata). -#}
{% macro postgres__alter_column_comment(relation, column_dict) %}
    {%- set described = {} -%}
    {%- for name, column in column_dict.items() -%}
        {%- set additive = column.config.meta.additive -%}
        {%- set sentence = ' Adds up: ' ~ additive ~ '.' if additive else '' -%}
        {%- do described.update({name: dict(column, description=column.description ~ sentence)}) -%}
    {%- endfor -%}
    {{ return(dbt.postgres__alter_column_comment(relation, described)) }}
{% endmacro %}
