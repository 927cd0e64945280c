{#- A seed is refilled like a table (macros/refill.sql), with or without a full refresh: dbt's own way locks out readers, or
    drops the seed with all that rests on it. -#}
{% macro postgres__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
    {%- set shape, types, columns = make_temp_relation(old_relation), model.config.get('column_types', {}), [] -%}
    {%- for name in agate_table.column_names -%}
        {%- do columns.append(sql_name(name) ~ ' ' ~ types.get(name, adapter.convert_type(agate_table, loop.index0))) -%}
    {%- endfor -%}
    {%- set make_shape = 'create temporary table ' ~ shape ~ ' (' ~ columns | join(', ') ~ ') on commit drop' -%}
    {%- set compared = columns_compared(make_shape, shape, old_relation) -%}
    {%- do change_columns(compared, old_relation) if is_changed(compared) -%}
    {%- set emptied = 'delete from ' ~ old_relation -%}
    {%- do run_query(emptied) -%}
    {{ return(emptied) }}
{% endmacro %}
