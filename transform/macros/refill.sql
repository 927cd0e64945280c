{#- How tables and views are built: in place. A table's rows are deleted and inserted in one transaction, so readers see
    the old rows until the new ones are all there, no session waits for another, and other people's views, rights and
    indexes on it stay. dbt's own way (a new table takes the old one's name, `drop … cascade`) waits for every reader,
    holds up all new ones behind it, and drops what rests on the table. docs/decisions/0014-refilled-in-place.md says
    what it costs. -#}

{% materialization table, adapter='postgres' %}
    {{ return(refilled()) }}
{% endmaterialization %}

{#- A full refresh refills too; a daily run is dbt's own. -#}
{% materialization incremental, adapter='postgres' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is none or not existing.is_table or should_full_refresh() -%}
        {{ return(refilled()) }}
    {%- elif var('distributed') -%}
        {{ return(rebuilt_in_part()) }}
    {%- endif -%}
    {{ return(dbt.materialization_incremental_default()) }}
{% endmaterialization %}

{#- Replaced only when it says something else: the view's lock would wait for its readers. -#}
{% materialization view, adapter='postgres' %}
    {%- set target_relation = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks) }}
    {%- do remove_other_kind(target_relation) -%}
    {%- if config.get('contract').enforced %}{% do get_assert_columns_equivalent(sql) %}{% endif -%}
    {%- call statement('main') -%}
        {{ replace_view(target_relation, computed_in_place(sql)) }}
    {%- endcall -%}
    {{ return(finished(target_relation)) }}
{% endmaterialization %}

{% macro refilled() %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {%- do remove_other_kind(target_relation) -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is none or not existing.is_table -%}
        {%- call statement('main') -%}
            {{ get_create_table_as_sql(False, target_relation, sql) }}
        {%- endcall -%}
    {%- else -%}
        {%- set shape, rows = make_temp_relation(target_relation), computed_in_place(sql) -%}
        {%- set columns = columns_compared(empty_copy(shape, sql), shape, target_relation) -%}
        {#- By name: a column that was added to a table comes last there, whatever its place in the query. -#}
        {%- set names = [] -%}
        {%- for name, wanted, _ in columns if wanted %}{% do names.append(sql_name(name)) %}{% endfor -%}
        {%- set names = names | join(', ') -%}
        {%- if is_changed(columns) -%}
            {#- Changing columns locks out readers, so the rows are ready before. -#}
            {%- do run_query(
                'insert into ' ~ shape ~ ' (' ~ names ~ ') select ' ~ names ~ ' from (' ~ rows ~ '\n) as built'
            ) -%}
            {%- do change_columns(columns, target_relation) -%}
            {%- set rows = 'select * from ' ~ shape -%}
        {%- endif -%}
        {%- call statement('main') -%}
            delete from {{ target_relation }} as built where {{ has_its_events('built') }};
            insert into {{ target_relation }} ({{ names }})
            select {{ names }} from ({{ rows }}
            ) as built
        {%- endcall -%}
    {%- endif -%}
    {{ return(finished(target_relation)) }}
{% endmacro %}

{% macro finished(target_relation) %}
    {{ run_hooks(post_hooks) }}
    {%- do apply_grants(target_relation, config.get('grants'), should_revoke=true) -%}
    {%- do persist_docs(target_relation, model) -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target_relation]}) }}
{% endmacro %}

{#- A table where a view is to be, or the other way round. -#}
{% macro remove_other_kind(target_relation) %}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is not none and existing.type != target_relation.type -%}
        {%- do run_query(drop_own_dependants(target_relation)) -%}
        {%- do run_query(patiently('drop ' ~ existing.type ~ ' ' ~ target_relation, target_relation)) -%}
    {%- endif -%}
{% endmacro %}

{#- A temporary table with the columns that a model gives: of its contract, if it has one. -#}
{% macro empty_copy(shape, sql) -%}
    {%- if config.get('contract').enforced -%}
        {%- do get_assert_columns_equivalent(sql) -%}
        create temporary table {{ shape }} {{ get_table_columns_and_constraints() }} on commit drop
    {%- else -%}
        create temporary table {{ shape }} on commit drop as {{ get_empty_subquery_sql(sql) }}
    {%- endif -%}
{%- endmacro %}

{#- Makes a table `shape`, and compares its columns with those of another: name, type in the first, type in the second;
    null where it has none. -#}
{% macro columns_compared(make_shape, shape, target_relation) %}
    {%- set columns -%}
        (
            select attname::text as name, format_type(atttypid, atttypmod) as type, attnum from pg_attribute
            where attrelid = '{}'::regclass and attnum > 0 and not attisdropped
        )
    {%- endset -%}
    {{ return(run_query(
        make_shape ~ '; select name, wanted.type as wanted, found.type as found from '
        ~ columns.replace('{}', shape | string) ~ ' as wanted full join '
        ~ columns.replace('{}', target_relation | string) ~ ' as found using (name) order by wanted.attnum'
    ).rows | list) }}
{% endmacro %}

{% macro is_changed(columns) %}
    {%- for name, wanted, found in columns if wanted != found %}{{ return(true) }}{% endfor -%}
    {{ return(false) }}
{% endmacro %}

{#- New columns come last. One that goes, or gets another type, takes our own views over the table with it, which the
    build makes again; if another owner's view uses it, Postgres refuses and names the view. -#}
{% macro change_columns(columns, target_relation) %}
    {%- set actions = [] -%}
    {%- for name, wanted, found in columns if found and wanted != found -%}
        {%- do actions.append('drop column ' ~ sql_name(name)) -%}
    {%- endfor -%}
    {%- if actions -%}{%- do run_query(drop_own_dependants(target_relation)) -%}{%- endif -%}
    {%- for name, wanted, found in columns if wanted and wanted != found -%}
        {%- do actions.append('add column ' ~ sql_name(name) ~ ' ' ~ wanted) -%}
    {%- endfor -%}
    {%- do run_query(patiently('alter table ' ~ target_relation ~ ' ' ~ actions | join(', '), target_relation)) -%}
{% endmacro %}

{#- A view that says what the query says. Where it does already, nothing happens. Where columns go, our own views over
    it go with them; those of others make Postgres refuse. -#}
{% macro replace_view(relation, sql, options='') -%}
    do {{ dollars() }}
    begin
        create temporary view view_to_be as (
{{ sql }}
);
        if pg_get_viewdef(to_regclass({{ sql_text(relation) }})) = pg_get_viewdef('pg_temp.view_to_be'::regclass) then
            drop view view_to_be;
            return;
        end if;
        drop view view_to_be;
        {{ patient_loop(relation) }}
            begin
                create or replace view {{ relation }} {{ options }} as (
{{ sql }}
);
            exception when invalid_table_definition then
                {{ own_dependants_loop(relation) }}
                drop view {{ relation }};
                create view {{ relation }} {{ options }} as (
{{ sql }}
);
            end;
        {{ patient_loop_end(relation) }}
    end
    {{ dollars() }}
{%- endmacro %}
