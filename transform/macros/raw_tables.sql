{#- The loader's tables have their keys as indexes and nothing else. A few more let a run find what is new, and what is
    of a day, without reading everything. Made once; left to the tables' owner if that is another role. -#}
{% macro prepare_raw_tables() %}
    {#- Two builds of different sets would create the same index concurrently. -#}
    select pg_advisory_xact_lock(hashtext('create index'), hashtext({{ sql_text(var('raw_schema')) }}));
    {%- for table, index, columns in [
        ('events', 'events_by_account_and_datetime', 'account_id, datetime'),
        ('events', 'events_by_account_and_batch', 'account_id, _sdc_batched_at'),
        ('metric_aggregates', 'metric_aggregates_by_account_and_date', 'account_id, date'),
        ('metric_aggregates', 'metric_aggregates_by_account_and_batch', 'account_id, _sdc_batched_at'),
    ] %}
    do {{ dollars() }}
    begin
        if exists (
            select from pg_tables
            where schemaname = {{ sql_text(var('raw_schema')) }} and tablename = '{{ table }}'
            and pg_has_role(current_user, tableowner, 'usage')
        ) then
            create index if not exists {{ index }} on {{ sql_name(var('raw_schema')) }}.{{ table }} ({{ columns }});
        end if;
    end
    {{ dollars() }};
    {%- endfor %}
    {{ vacuum_large_tables_early(['events', 'metric_aggregates']) }}
    do {{ dollars() }}
    declare
        never_analyzed record;
    begin
        for never_analyzed in
            select relname from pg_stat_user_tables
            where schemaname = {{ sql_text(var('raw_schema')) }} and last_analyze is null and last_autoanalyze is null
            and pg_has_role(current_user, (select relowner from pg_class where oid = relid), 'usage')
        loop
            execute format('analyze %I.%I', {{ sql_text(var('raw_schema')) }}, never_analyzed.relname);
        end loop;
    end
    {{ dollars() }};
{% endmacro %}

{#- Postgres cleans up a table after a fifth of it has changed. Of a billion rows that is weeks of dead rows, and then hours
    of work. Of tables with settings of their own, none are changed. -#}
{% macro vacuum_large_tables_early(names) %}
    do {{ dollars() }}
    declare
        large record;
    begin
        for large in
            select pg_class.oid::regclass as name from pg_class
            left join pg_inherits on inhrelid = pg_class.oid
            where coalesce(inhparent, pg_class.oid) in (
                select oid from pg_class where relnamespace = to_regnamespace({{ sql_text(sql_name(var('raw_schema'))) }})
                and relname in ('{{ names | join("', '") }}')
            )
            and relkind = 'r' and reloptions is null and pg_has_role(current_user, relowner, 'usage')
        loop
            execute format(
                'alter table %s set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02, '
                || 'autovacuum_vacuum_insert_scale_factor = 0.05)', large.name
            );
        end loop;
    end
    {{ dollars() }};
{% endmacro %}

{#- Statistics of a table just written: without them the next model is planned blindly, in minutes instead of seconds.
    Of what is built whole, a small sample says enough. Of what is kept up to date, yesterday's say enough until a tenth
    of the rows has been replaced (a row out, a row in), in this transaction or before: of a large table, they would
    cost more than the day's rows. -#}
{% macro refresh_statistics() -%}
    {%- if config.get('materialized') == 'table' -%}
        set local default_statistics_target = 20; analyze {{ this }}
    {%- elif is_incremental() -%}
        do $$
        begin
            if (
                select before.n_mod_since_analyze + now.n_tup_ins + now.n_tup_del > before.n_live_tup / 5
                from pg_stat_user_tables as before
                inner join pg_stat_xact_user_tables as now using (relid)
                where relid = '{{ this }}'::regclass
            ) then
                analyze {{ this }};
            end if;
        end
        $$
    {%- elif config.get('materialized') == 'incremental' -%}
        analyze {{ this }}
    {%- endif -%}
{%- endmacro %}

{#- A raw table, or an empty one while the loader has not made it, because a stream can be deselected: with the given
    columns and their types, and with columns of numbers. -#}
{% macro raw_table_if_any(name, columns, numbers=[], tap='tap_klaviyo') -%}
    {%- set raw = source(tap, name) -%}
    {#- A unit test puts rows in the place of the table. -#}
    {%- set is_there = raw.type == 'cte' or not execute or load_relation(raw) -%}
    {%- if is_there -%}
        select * from {{ raw }}
    {%- else -%}
        select
        {%- for column in numbers %}
            null::numeric as {{ column }},
        {%- endfor %}
        {%- for column, type in columns.items() %}
            null::{{ type }} as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
        where false
    {%- endif -%}
{%- endmacro %}
