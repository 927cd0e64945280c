{#- A value as SQL text, and a name as an SQL name: whatever is in it. dbt's own `string_literal` and `quote` leave a
    quote within as it is. -#}
{% macro sql_text(value) -%}
    '{{ value | string | replace("'", "''") }}'
{%- endmacro %}

{% macro sql_name(name) -%}
    "{{ name | string | replace('"', '""') }}"
{%- endmacro %}

{#- Around the text of a block: no name or comment contains this. -#}
{% macro dollars() -%}
    $of_{{ invocation_id | replace('-', '') }}$
{%- endmacro %}

{#- `create schema if not exists` fails if two sessions run it concurrently: the second finds the name taken when it
    writes it. So they wait for each other. -#}
{% macro make_schema(schema) %}
    do {{ dollars() }}
    begin
        if not exists (select from pg_namespace where nspname = {{ sql_text(schema) }}) then
            perform pg_advisory_xact_lock(hashtext('create schema'), hashtext({{ sql_text(schema) }}));
            create schema if not exists {{ sql_name(schema) }};
        end if;
    end
    {{ dollars() }};
{% endmacro %}

{#- dbt's own way to make a schema, before anything else. -#}
{% macro postgres__create_schema(relation) -%}
    {%- do adapter.verify_database(relation.database) if relation.database -%}
    {%- call statement('create_schema') -%}
        {{ make_schema(relation.schema) }}
    {%- endcall -%}
{% endmacro %}
