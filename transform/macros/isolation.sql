{#- Teams where tables are distributed. A view over such a table is read with the rights of the reader, not of its owner, so
    a team may read the tables themselves, and row-level security leaves it its own clients. A role in no team reads
    every row, if it may read the table at all. Without `distributed`, views alone do it (macros/teams.sql). -#}

{#- A policy on a distributed table may not contain a query, but may call a function. It reads the roles as they are now: a
    team that is no longer in the seed is still a team, and sees nothing. -#}
{% macro make_is_in_a_team() %}
    {%- if var('distributed') %}
    do {{ dollars() }}
    begin
        if to_regprocedure({{ sql_text(is_in_a_team()) }}) is null then
            create function {{ is_in_a_team() }} returns boolean language sql stable
            set search_path = pg_catalog
            as $function$
                select exists (
                    select from pg_roles
                    where starts_with(rolname, {{ sql_text(var('role_prefix') ~ 'team_') }}) and pg_has_role(oid, 'usage')
                )
            $function$;
        end if;
    end
    {{ dollars() }};
    {%- endif -%}
{% endmacro %}

{% macro is_in_a_team() -%}
    {{ sql_name(target.schema ~ '_staging') }}.is_in_a_team()
{%- endmacro %}

{% macro let_teams_in() %}
    {%- if var('distributed') %}
        {{ make_is_in_a_team() }}
        {%- for team in teams() %}
    grant usage on schema {{ sql_name(target.schema) }}, {{ sql_name(target.schema ~ '_audit') }} to {{ sql_name(workspace_of(team)) }};
        {%- endfor %}
    {%- endif -%}
{% endmacro %}

{#- All public tables that have clients. -#}
{% macro tables_of_clients() -%}
    select pg_class.oid::regclass as name
    from pg_class
    inner join pg_attribute on attrelid = pg_class.oid and attname = 'client' and not attisdropped
    where relkind = 'r' and relnamespace::regnamespace::text
    in ({{ sql_text(target.schema) }}, {{ sql_text(target.schema ~ '_audit') }})
    and exists (select from pg_dist_partition where logicalrelid = pg_class.oid and partmethod = 'h')
{%- endmacro %}

{#- Lets each team that has a role read its clients' rows of these tables. What is so already is left alone. -#}
{% macro isolate_teams(tables) %}
    do {{ dollars() }}
    declare
        shared record;
        team record;
        clients text;
    begin
        for shared in {{ tables }} loop
            if not (select relrowsecurity from pg_class where oid = shared.name) then
                execute format('alter table %s enable row level security', shared.name);
                execute format(
                    'create policy others on %s for select using (not %s)', shared.name, {{ sql_text(is_in_a_team()) }}
                );
            end if;
            for team in
                select polname::text as role from pg_policy
                where polrelid = shared.name and starts_with(polname, {{ sql_text(var('role_prefix') ~ 'team_') }})
            loop
                if not exists (
                    select from {{ seed_of_teams() }} as listed
                    where {{ sql_text(var('role_prefix') ~ 'team_') }} || listed.team = team.role and listed.client is not null
                ) then
                    execute format('drop policy %I on %s', team.role, shared.name);
                    if exists (select from pg_roles where rolname = team.role) then
                        execute format('revoke select on %s from %I', shared.name, team.role);
                    end if;
                end if;
            end loop;
            for team in
                select
                    {{ sql_text(var('role_prefix') ~ 'team_') }} || listed.team as role,
                    string_agg(quote_literal(listed.client) || '::text', ', ' order by listed.client) as clients
                from {{ seed_of_teams() }} as listed
                where listed.client is not null
                group by listed.team
            loop
                {# As Postgres itself would write it, to be compared. #}
                clients := format('(client = ANY (ARRAY[%s]))', team.clients);
                if exists (select from pg_roles where rolname = team.role) and not exists (
                    select from pg_policy where polrelid = shared.name and polname = team.role
                    and pg_get_expr(polqual, polrelid) = clients
                ) then
                    execute format('drop policy if exists %I on %s', team.role, shared.name);
                    execute format('create policy %I on %s for select to %I using %s', team.role, shared.name, team.role, clients);
                    execute format('grant select on %s to %I', shared.name, team.role);
                end if;
            end loop;
        end loop;
    end
    {{ dollars() }};
{% endmacro %}

{% macro seed_of_teams() -%}
    {{ sql_name(target.schema ~ '_staging') }}.team_clients
{%- endmacro %}
