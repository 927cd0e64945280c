{#- Roles and what each may do: `dbt run-operation create_roles`, as somebody who may create roles and owns the database
    (no superuser needed, so Supabase's `postgres` will do). Says the same thing again as often as one likes. A role can
    log in when it has been given a password: `\password grafana_reader` in psql.

    loader           writes the raw schema
    transformer      reads that, and owns everything that dbt makes
    grafana_reader   reads analytics and analytics_audit, nothing else
    team_<team>      reads its own workspace (seeds/team_clients.csv), nothing else -#}
{% macro create_roles() %}
    {%- set prefix = var('role_prefix') -%}
    {%- set readers = {prefix ~ 'grafana_reader': [target.schema, target.schema ~ '_audit']} -%}
    {%- for team in teams() -%}
        {%- do readers.update({prefix ~ 'team_' ~ team: [prefix ~ 'team_' ~ team]}) -%}
    {%- endfor -%}
    {%- set loader, transformer = prefix ~ 'loader', prefix ~ 'transformer' -%}
    {%- set made = [target.schema] -%}
    {%- for layer in ['staging', 'intermediate', 'audit'] -%}
        {%- do made.append(target.schema ~ '_' ~ layer) -%}
    {%- endfor -%}
    {%- do run_query(role_statements(loader, transformer, readers, made)) -%}
    {%- do run_query(prepare_raw_tables()) -%}
    {%- do log('Roles: ' ~ ([loader, transformer] + readers.keys() | list) | join(', '), info=true) -%}
{% endmacro %}

{% macro role_statements(loader, transformer, readers, made) %}
    {%- for role in [loader, transformer] + readers.keys() | list %}
        do $$ begin
            if not exists (select from pg_roles where rolname = '{{ role }}') then
                create role {{ role }} login;
            end if;
        end $$;
        grant connect on database "{{ target.database }}" to {{ role }};
    {%- endfor %}
    {#- To act for the two that own things, one has to be a member of them. -#}
    grant {{ loader }}, {{ transformer }} to current_user;
    grant create on database "{{ target.database }}" to {{ transformer }};

    {{ give_schema(var('raw_schema'), loader) }}
    {{ let_read(var('raw_schema'), loader, transformer) }}
    {%- for schema in made %}
        {{ give_schema(schema, transformer) }}
    {%- endfor %}
    {%- for reader, schemas in readers.items() %}
        {%- for schema in schemas %}
            {{ give_schema(schema, transformer) }}
            {{ let_read(schema, transformer, reader) }}
        {%- endfor %}
        alter role {{ reader }} set default_transaction_read_only = on;
        alter role {{ reader }} set statement_timeout = '{{ var("reader_timeout") }}';
        alter role {{ reader }} set search_path = {{ schemas | join(', ') }};
    {%- endfor %}
{% endmacro %}

{#- A schema and what is in it belong to the role, also what somebody else made there before. -#}
{% macro give_schema(schema, role) %}
    create schema if not exists {{ schema }};
    grant usage, create on schema {{ schema }} to {{ role }};
    do $$
    declare
        thing record;
    begin
        for thing in
            select c.relname, c.relkind from pg_class as c
            where c.relnamespace = '{{ schema }}'::regnamespace and c.relkind in ('r', 'v')
            and c.relowner <> '{{ role }}'::regrole
        loop
            execute format(
                'alter %s %I.%I owner to {{ role }}',
                case thing.relkind when 'v' then 'view' else 'table' end, '{{ schema }}', thing.relname
            );
        end loop;
    end
    $$;
{% endmacro %}

{% macro let_read(schema, owner, reader) %}
    grant usage on schema {{ schema }} to {{ reader }};
    grant select on all tables in schema {{ schema }} to {{ reader }};
    {#- What is made from now on, by the owner, or by whoever says this and goes on with one login for everything. -#}
    alter default privileges for role {{ owner }} in schema {{ schema }} grant select on tables to {{ reader }};
    alter default privileges in schema {{ schema }} grant select on tables to {{ reader }};
{% endmacro %}
