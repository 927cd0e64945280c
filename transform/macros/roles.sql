{#- Roles and what each may do: `dbt run-operation create_roles`, as a role that may create roles and owns the database
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
        {%- do readers.update({workspace_of(team): [workspace_of(team)]}) -%}
    {%- endfor -%}
    {%- set loader, transformer = prefix ~ 'loader', prefix ~ 'transformer' -%}
    {%- set made = [target.schema] -%}
    {%- for layer in ['staging', 'intermediate', 'audit'] -%}
        {%- do made.append(target.schema ~ '_' ~ layer) -%}
    {%- endfor -%}
    {%- set allowed = statements_allowed(administration(loader, transformer, readers)) -%}
    {%- do run_query(alone() ~ allowed ~ role_statements(loader, transformer, readers, made)) -%}
    {%- do run_query(isolate_teams(tables_of_clients())) if var('distributed') -%}
    {%- do run_query(prepare_raw_tables()) -%}
    {%- do log('Roles: ' ~ ([loader, transformer] + readers.keys() | list) | join(', '), info=true) -%}
{% endmacro %}

{#- Not while a build goes on; and readers are not waited for without end. -#}
{% macro alone() %}
    set local lock_timeout = '10s';
    do {{ dollars() }}
    begin
        if not pg_try_advisory_xact_lock({{ build_lock() }}) then
            raise exception 'a build of % is going on: make the roles when it has ended', {{ sql_text(target.schema) }};
        end if;
    end
    {{ dollars() }};
{% endmacro %}

{#- What takes CREATEROLE or the ownership of the database: role, right, statement, and a condition on the row of
    pg_roles that says it is done. -#}
{% macro administration(loader, transformer, readers) %}
    {%- set steps, owning = [], 'the ownership of the database' -%}
    {%- for role in [loader, transformer] + readers.keys() | list -%}
        {%- do steps.append((role, 'CREATEROLE', 'create role ' ~ sql_name(role) ~ ' login', 'true')) -%}
    {%- endfor -%}
    {#- A hardened database grants nothing to PUBLIC. Loader and transformer create temporary tables. -#}
    {%- for role in [loader, transformer] + readers.keys() | list -%}
        {%- set privileges = {loader: ['connect', 'temporary'], transformer: ['connect', 'temporary', 'create']} -%}
        {%- for privilege in privileges.get(role, ['connect']) -%}
            {%- set statement = 'grant ' ~ privilege ~ ' on database ' ~ sql_name(target.database) ~ ' to ' ~ sql_name(role) -%}
            {%- do steps.append(
                (role, owning, statement, "has_database_privilege(oid, current_database(), '" ~ privilege ~ "')")
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {#- To act for the two that own things, one has to be a member of them. -#}
    {%- for role in [loader, transformer] -%}
        {%- set statement = 'grant ' ~ sql_name(role) ~ ' to ' ~ sql_name(target.user) -%}
        {%- do steps.append((role, 'CREATEROLE', statement, "pg_has_role(oid, 'usage')")) -%}
    {%- endfor -%}
    {%- for role, schemas in readers.items() -%}
        {%- set names = [] -%}
        {%- for schema in schemas %}{% do names.append(sql_name(schema)) %}{% endfor -%}
        {%- for name, value in [
            ('default_transaction_read_only', 'on'),
            ('statement_timeout', sql_text(var('reader_timeout'))),
            ('search_path', names | join(', ')),
        ] -%}
            {%- set statement = 'alter role ' ~ sql_name(role) ~ ' set ' ~ name ~ ' = ' ~ value -%}
            {%- do steps.append((role, 'CREATEROLE', statement, "rolconfig::text like '%" ~ name ~ "=%'")) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(steps) }}
{% endmacro %}

{#- The statements that this login may run. If one that it may not run has not been run before, the operation ends here
    with the SQL for an administrator; repeated afterwards, it succeeds. -#}
{% macro statements_allowed(steps) %}
    {%- set allowed, missing, rights = [], [], [] -%}
    {%- set questions = [] -%}
    {%- for role, right, statement, is_done in steps -%}
        {%- do questions.append(
            'coalesce((select ' ~ is_done ~ ' from pg_roles where rolname = ' ~ sql_text(role) ~ '), false)'
        ) -%}
    {%- endfor -%}
    {%- set done, has_createrole, owns_database = run_query(
        'select array[' ~ questions | join(', ') ~ "]::text, rolcreaterole or rolsuper, pg_has_role(datdba, 'usage') "
        ~ 'from pg_roles cross join pg_database where rolname = current_user and datname = current_database()'
    ).rows[0] -%}
    {%- for role, right, statement, _ in steps -%}
        {%- set is_done = done[1:-1].split(',')[loop.index0] == 't' -%}
        {%- if (has_createrole if right == 'CREATEROLE' else owns_database) -%}
            {%- do allowed.append(statement) if not (is_done and statement.startswith('create role')) -%}
        {%- elif not is_done -%}
            {%- do missing.append(statement) -%}
            {%- do rights.append(right) if right not in rights -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if missing -%}
        {%- do exceptions.raise_compiler_error(
            'The role ' ~ target.user ~ ' has not ' ~ rights | join(', nor ') ~ '. Let an administrator say this in the '
            ~ 'database ' ~ target.database ~ ', then create_roles again:\n\n' ~ missing | join(';\n') ~ ';\n'
        ) -%}
    {%- endif -%}
    {{ return(allowed | join(';\n') ~ ';\n') }}
{% endmacro %}

{% macro role_statements(loader, transformer, readers, made) %}
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
    {%- endfor %}
    {{ let_teams_in() }}
{% endmacro %}

{#- A schema and what is in it belong to the role, also what another role created there before. -#}
{% macro give_schema(schema, role) %}
    {{ make_schema(schema) }}
    grant usage, create on schema {{ sql_name(schema) }} to {{ sql_name(role) }};
    do {{ dollars() }}
    declare
        thing record;
    begin
        for thing in
            select c.relname, c.relkind from pg_class as c
            inner join pg_namespace as n on n.oid = c.relnamespace
            where n.nspname = {{ sql_text(schema) }} and c.relkind in ('r', 'v')
            and c.relowner <> (select oid from pg_roles where rolname = {{ sql_text(role) }})
        loop
            execute format(
                'alter %s %I.%I owner to %I',
                case thing.relkind when 'v' then 'view' else 'table' end,
                {{ sql_text(schema) }}, thing.relname, {{ sql_text(role) }}
            );
        end loop;
    end
    {{ dollars() }};
{% endmacro %}

{% macro let_read(schema, owner, reader) %}
    {%- set schema, owner, reader = sql_name(schema), sql_name(owner), sql_name(reader) %}
    grant usage on schema {{ schema }} to {{ reader }};
    grant select on all tables in schema {{ schema }} to {{ reader }};
    {#- What is made from now on, by the owner, or by the login that runs this and keeps one login for everything. -#}
    alter default privileges for role {{ owner }} in schema {{ schema }} grant select on tables to {{ reader }};
    alter default privileges in schema {{ schema }} grant select on tables to {{ reader }};
{% endmacro %}
