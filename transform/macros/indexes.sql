{#- The indexes that a model's configuration names, on the table as it is: a table that is refilled keeps its indexes,
    and one that an earlier version made may lack some. Those that dbt made (their names are hashes) and no
    configuration names any more are dropped. -#}
{% macro keep_indexes() -%}
    {%- if execute and config.get('materialized') in ['table', 'incremental'] -%}
        {%- set found, wanted, statements = {}, [], [] -%}
        {%- for name, columns, is_unique in run_query(indexes_found()).rows -%}
            {%- do found.update({name: (columns, is_unique)}) -%}
        {%- endfor -%}
        {%- for index in config.get('indexes', []) -%}
            {%- do wanted.append((index.columns | join(', '), index.get('unique', false))) -%}
            {%- do statements.append(make_index(index)) if wanted[-1] not in found.values() -%}
        {%- endfor -%}
        {%- for name, described in found.items()
            if described not in wanted and modules.re.match('^[0-9a-f]{32}$', name) -%}
            {%- set index = sql_name(this.schema) ~ '.' ~ sql_name(name) -%}
            {%- do statements.append(patiently('drop index ' ~ index, this)) -%}
        {%- endfor -%}
        {{ statements | join(';\n') }}
    {%- endif -%}
{%- endmacro %}

{% macro indexes_found() %}
    select relname::text as name, columns, indisunique from pg_index
    inner join pg_class on pg_class.oid = indexrelid
    cross join lateral (
        select string_agg(attname, ', ' order by attnum) as columns from pg_attribute where attrelid = indexrelid
    ) as listed
    where indrelid = '{{ this }}'::regclass and indpred is null and indexprs is null and indisvalid
{% endmacro %}

{#- A key that some rows share: rows of an earlier version, stored twice by two concurrent builds. -#}
{% macro make_index(index) -%}
    do {{ dollars() }}
    begin
        {{ get_create_index_sql(this, index) }};
    exception when unique_violation then
        raise exception '% has rows twice, as two builds at once could leave them', {{ sql_text(this) }}
        using hint = 'Build all of it again: meltano invoke dbt build --full-refresh';
    end
    {{ dollars() }}
{%- endmacro %}
