{#- Tables spread over the machines of a Citus cluster, if `vars: distributed` says so: by `account_id`, so that an account is
    in one place. A model without it has `meta: {reference_table: true}` and is on every machine, like the seeds.
    docs/decisions/0020-distributed-by-account.md says why and what is tested. -#}

{#- In the transaction of a model or seed. Citus would use several connections for the shards of a table, and then refuse
    to change anything that depends on it. -#}
{% macro one_connection_per_machine() -%}
    {%- if var('distributed') %}
    set local citus.multi_shard_modify_mode = 'sequential';
    set local citus.enable_local_execution = off;
    {%- endif -%}
{%- endmacro %}

{#- Before a model that is there already: it may be from before there was a cluster. -#}
{% macro distribute_what_is_there() -%}
    {%- set existing = load_cached_relation(this) if execute and var('distributed') -%}
    {%- if existing and existing.is_table %}
    {{ distribute(existing) }};
    {%- endif -%}
{%- endmacro %}

{#- Does nothing to a table that is distributed. -#}
{% macro distribute(relation) -%}
    {%- if var('distributed') -%}
    do {{ dollars() }}
    begin
        if not exists (select from pg_dist_partition where logicalrelid = {{ sql_text(relation) }}::regclass) then
        {%- if model.resource_type == 'seed' or config.get('meta', {}).get('reference_table') %}
            perform create_reference_table({{ sql_text(relation) }});
        {%- else %}
            perform create_distributed_table(
                {{ sql_text(relation) }}, 'account_id', colocate_with => {{ sql_text(raw_accounts()) }}
            );
        {%- endif %}
        end if;
    end
    {{ dollars() }}
    {%- endif -%}
{%- endmacro %}

{% macro raw_accounts() -%}
    {{ sql_name(var('raw_schema')) }}.accounts
{%- endmacro %}

{#- At the start of a build: the loader's tables that are new, with their rows. `accounts` is the first, the others go where
    it is. Left to the tables' owner if that is another role: `dbt run-operation distribute_raw_tables`. -#}
{% macro distribute_raw_tables() %}
    {%- set statements -%}
        {{ one_connection_per_machine() }}
        do {{ dollars() }}
        declare
            raw record;
        begin
            for raw in
                select tables.oid::regclass as name, tables.relname
                from pg_class as tables
                where relnamespace = to_regnamespace({{ sql_text(sql_name(var('raw_schema'))) }}) and relkind in ('r', 'p')
                and not relispartition
                and pg_has_role(current_user, relowner, 'usage')
                and exists (
                    select from pg_attribute where attrelid = tables.oid and attname = 'account_id' and not attisdropped
                )
                and not exists (select from pg_dist_partition where logicalrelid = tables.oid)
                order by relname <> 'accounts', relname
            loop
                perform create_distributed_table(
                    raw.name, 'account_id',
                    colocate_with => case when raw.relname = 'accounts' then 'none' else {{ sql_text(raw_accounts()) }} end
                );
            end loop;
        end
        {{ dollars() }};
    {%- endset -%}
    {%- if var('distributed') and execute -%}
        {%- do run_query(statements) if flags.WHICH == 'run-operation' -%}
        {{ return(statements) }}
    {%- endif -%}
{% endmacro %}

{#- Citus computes a CTE once, if more than one part of the query reads it, and sends the rows to all machines. Computed in
    each place, as often as it is read, most models send nothing. -#}
{% macro computed_in_place(sql) -%}
    {%- if var('distributed') -%}
        {#- A line `name as (`, unless it names a window. -#}
        {{ return(modules.re.sub(
            '(?m)^( *\\w+) as (?:materialized )?\\($(?!\\s*(?:partition|order)\\b)', '\\1 as not materialized (', sql
        )) }}
    {%- endif -%}
    {{ return(sql) }}
{%- endmacro %}

{#- A table is made empty, distributed, and then filled. -#}
{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {%- if temporary or not var('distributed') -%}
        {{ return(dbt.postgres__create_table_as(temporary, relation, sql)) }}
    {%- endif -%}
    {%- if config.get('contract').enforced -%}
        {%- do get_assert_columns_equivalent(sql) -%}
        create table {{ relation }} {{ get_table_columns_and_constraints() }};
    {%- else -%}
        create table {{ relation }} as {{ get_empty_subquery_sql(sql) }};
    {%- endif %}
    {{ distribute(relation) }};
    {%- set names = get_quoted_csv(get_column_schema_from_query(sql) | map(attribute='name')) %}
    insert into {{ relation }} ({{ names }})
    select {{ names }} from ({{ computed_in_place(sql) }}
    ) as built;
{%- endmacro %}

{#- The daily run of an incremental model, as dbt does it, but with a table in the place of a temporary one: Citus could only
    join that with a distributed one by sending all of it everywhere. -#}
{% macro rebuilt_in_part() %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set changed = make_intermediate_relation(target_relation) -%}
    {%- set strategy = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') -%}
    {{ run_hooks(pre_hooks) }}
    {%- do run_query(get_create_table_as_sql(False, changed, sql)) -%}
    {%- do process_schema_changes(config.get('on_schema_change'), changed, target_relation) -%}
    {%- call statement('main') -%}
        {{ strategy({
            'target_relation': target_relation,
            'temp_relation': changed,
            'unique_key': config.get('unique_key'),
            'dest_columns': adapter.get_columns_in_relation(target_relation),
            'incremental_predicates': none,
        }) }}
    {%- endcall -%}
    {%- do run_query('drop table ' ~ changed) -%}
    {{ return(finished(target_relation)) }}
{% endmacro %}
