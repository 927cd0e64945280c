{#- For a Postgres that outgrows single-table maintenance: raw events divided by a hash of the account, so that each part is
    vacuumed and reindexed on its own. `dbt run-operation partition_events --args '{partitions: 16}'`, as the owner of the
    raw tables, best before the first load: events that are there are copied in one transaction. The loader and the models
    see no difference. -#}
{% macro partition_events(partitions=16) %}
    {%- set raw = sql_name(var('raw_schema')) -%}
    {%- set parts = [] -%}
    {%- for part in range(partitions) -%}
        {%- do parts.append(
            'create table ' ~ raw ~ '.events_part_' ~ (part + 1) ~ ' partition of ' ~ raw ~ '.events '
            ~ 'for values with (modulus ' ~ partitions ~ ', remainder ' ~ part ~ ')'
        ) -%}
    {%- endfor -%}
    {%- do run_query(alone() ~ make_schema(var('raw_schema')) ~ partitioned_events(raw, parts | join('; '))) -%}
{% endmacro %}

{#- The key columns are enough for the loader, which adds the others. -#}
{% macro partitioned_events(raw, parts) %}
    do {{ dollars() }}
    declare
        whole regclass := to_regclass({{ sql_text(raw ~ '.events') }});
        kind "char" := (select relkind from pg_class where oid = whole);
        triggers text[] := array(select pg_get_triggerdef(oid) from pg_trigger where tgrelid = whole and not tgisinternal);
        definition text;
    begin
        if kind = 'p' then
            raise exception 'the events are divided already';
        elsif (select pg_get_userbyid(relowner) <> current_user from pg_class where oid = whole) then
            raise exception 'the events belong to %: let that role divide them',
                (select pg_get_userbyid(relowner) from pg_class where oid = whole);
        elsif whole is null then
            create table {{ raw }}.events (account_id text not null, id text not null) partition by hash (account_id);
            {{ parts }};
        else
            {{ own_dependants_loop(raw ~ '.events') }}
            lock table {{ raw }}.events;
            alter table {{ raw }}.events rename to events_whole;
            create table {{ raw }}.events (like {{ raw }}.events_whole) partition by hash (account_id);
            {{ parts }};
            insert into {{ raw }}.events select * from {{ raw }}.events_whole;
            drop table {{ raw }}.events_whole;
        end if;
        alter table {{ raw }}.events add constraint events_pkey primary key (account_id, id);
        foreach definition in array triggers loop
            execute definition;
        end loop;
    end
    {{ dollars() }};
{% endmacro %}
