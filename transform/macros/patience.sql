{#- A statement that locks out readers, and so has to wait for those who read. While it waits, all new ones wait behind it:
    so it waits for `lock_patience` at a time, lets them through, and tries again; in the end it says who is in the way. -#}
{% macro patiently(statement, relation) -%}
    do {{ dollars() }}
    begin
        {{ patient_loop(relation) }}
            {{ statement }};
        {{ patient_loop_end(relation) }}
    end
    {{ dollars() }}
{%- endmacro %}

{% macro patient_loop(relation) -%}
    declare
        usual text := current_setting('lock_timeout');
    begin
        for attempt in 1..{{ var('lock_attempts') }} loop
        begin
            perform set_config('lock_timeout', {{ sql_text(var('lock_patience')) }}, true);
{%- endmacro %}

{% macro patient_loop_end(relation) -%}
            perform set_config('lock_timeout', usual, true);
            exit;
        exception when lock_not_available then
            if attempt = {{ var('lock_attempts') }} then
                raise exception '% is in use: %', {{ sql_text(relation) }}, (
                    select string_agg(format('session %s of %s (%s), since %s', pid, usename, state, xact_start), '; ')
                    from pg_locks inner join pg_stat_activity using (pid)
                    where relation = to_regclass({{ sql_text(relation) }}) and granted and pid <> pg_backend_pid()
                ) using hint = 'End that transaction, or pg_terminate_backend(its session), and build again.';
            end if;
            perform pg_sleep(attempt);
        end;
        end loop;
    end;
{%- endmacro %}

{#- Views over a relation that a build makes (models, workspaces of teams) and will make again, the uppermost first. -#}
{% macro drop_own_dependants(relation) -%}
    do {{ dollars() }}
    begin
        {{ own_dependants_loop(relation) }}
    end
    {{ dollars() }}
{%- endmacro %}

{% macro own_dependants_loop(relation) -%}
    {%- set models = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | map(attribute='alias') -%}
    declare
        own record;
    begin
        for own in
            with recursive dependants as (
                select to_regclass({{ sql_text(relation) }})::oid as oid, 0 as depth
                union
                select pg_rewrite.ev_class, dependants.depth + 1
                from dependants
                inner join pg_depend on pg_depend.refobjid = dependants.oid and refclassid = 'pg_class'::regclass
                inner join pg_rewrite on pg_rewrite.oid = pg_depend.objid and classid = 'pg_rewrite'::regclass
                where pg_rewrite.ev_class <> dependants.oid
            )
            select dependants.oid::regclass as name
            from dependants
            inner join pg_class on pg_class.oid = dependants.oid and relkind = 'v' and depth > 0
            inner join pg_namespace on pg_namespace.oid = relnamespace
            where (starts_with(nspname, {{ sql_text(target.schema) }}) and relname in ('{{ models | join("', '") }}'))
            or (starts_with(nspname, {{ sql_text(var('role_prefix') ~ 'team_') }}) and reloptions @> '{security_barrier=true}')
            group by dependants.oid
            order by max(depth) desc
        loop
            execute format('drop view if exists %s', own.name);
        end loop;
    end;
{%- endmacro %}
