{#- One build of a set of tables at a time. dbt has no connection that lasts as long as a build: each model opens one and
    closes it. So a build signs in a table before its first model. Each model looks in its own transaction whether that
    still stands, and holds a lock meanwhile, by which others see that the build lives. All of this ends with a transaction,
    so a pooler may stand between. docs/decisions/0013-one-build-at-a-time.md says why. -#}

{#- Tests only read. -#}
{% macro is_build() -%}
    {{ return(execute and flags.WHICH not in ['test', 'freshness', 'run-operation']) }}
{%- endmacro %}

{% macro build_in_progress() -%}
    {{ sql_name(target.schema ~ '_staging') }}.build_in_progress
{%- endmacro %}

{#- The two numbers of a lock: `build` is what the models of a build share, `signing` is for one who signs at a time. -#}
{% macro build_lock(purpose='build') -%}
    hashtext({{ sql_text('klaviyo_reporting ' ~ purpose) }}), hashtext({{ sql_text(target.schema) }})
{%- endmacro %}

{#- Before the first model: sign, or end here while another build lives. -#}
{% macro claim_build() %}
    {%- if is_build() -%}
        {%- do run_query(make_schema(target.schema ~ '_staging')) -%}
        {%- do run_query(make_build_in_progress()) -%}
        {%- set other = other_build() -%}
        {%- if other -%}
            {%- do log('Found ' ~ other ~ '; waiting for a sign that it still lives', info=true) -%}
        {%- endif -%}
        {%- set refusal = run_query(sign_build()).columns[0].values()[0] -%}
        {%- if refusal -%}
            {%- do exceptions.raise_compiler_error(
                target.schema ~ ' is being built already, one build at a time: found ' ~ refusal
                ~ '. Nothing was changed. Start again when that build has ended.'
            ) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}

{% macro make_build_in_progress() %}
    do {{ dollars() }}
    begin
        perform pg_advisory_xact_lock({{ build_lock('signing') }});
        create table if not exists {{ build_in_progress() }} (
            invocation_id text not null, described text not null
        );
    end
    {{ dollars() }};
{% endmacro %}

{% macro other_build() %}
    {{ return((run_query('select described from ' ~ build_in_progress()).columns[0].values() | list + [none]) | first) }}
{% endmacro %}

{#- Empty when signed; else the other build. It lives when one of its models holds the lock, or when it ends while we look.
    Without such a sign for `build_patience` seconds it was killed: we sign in its place, and if it wakes up
    nevertheless, its next model fails. -#}
{% macro sign_build() %}
    do {{ dollars() }}
    declare
        other record;
        patience timestamptz := clock_timestamp() + make_interval(secs => {{ var('build_patience') }});
    begin
        perform set_config('klaviyo_reporting.refusal', '', true);
        perform pg_advisory_xact_lock({{ build_lock('signing') }});
        select * into other from {{ build_in_progress() }};
        while other.invocation_id is not null and clock_timestamp() < patience loop
            if exists (
                select from pg_locks
                where locktype = 'advisory' and granted and objsubid = 2
                and database = (select oid from pg_database where datname = current_database())
                and (classid, objid) = ({{ build_lock() }})
            ) or not exists (
                select from {{ build_in_progress() }} where invocation_id = other.invocation_id
            ) then
                perform set_config('klaviyo_reporting.refusal', other.described, true);
                return;
            end if;
            perform pg_sleep(0.1);
        end loop;
        if pg_try_advisory_xact_lock({{ build_lock() }}) then
            delete from {{ build_in_progress() }};
            insert into {{ build_in_progress() }} values ({{ sql_text(invocation_id) }}, format(
                'dbt %s of %s, going on since %s', {{ sql_text(flags.WHICH) }}, current_user,
                to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"')
            ));
        else
            perform set_config('klaviyo_reporting.refusal', coalesce(other.described, 'a model at work'), true);
        end if;
    end
    {{ dollars() }};
    select current_setting('klaviyo_reporting.refusal') as refusal;
{% endmacro %}

{#- In each model's transaction: hold the lock, and fail if another build has signed since. -#}
{% macro hold_build() %}
    {%- if is_build() %}
    do {{ dollars() }}
    begin
        perform pg_advisory_xact_lock_shared({{ build_lock() }});
        if not exists (
            select from {{ build_in_progress() }} where invocation_id = {{ sql_text(invocation_id) }}
        ) then
            raise exception 'this build gave no sign of life for too long: found %',
                coalesce((select described from {{ build_in_progress() }}), 'no build in progress');
        end if;
    end
    {{ dollars() }};
    {%- endif %}
{% endmacro %}

{#- A test in the middle of a build is a sign of life too. -#}
{% macro postgres__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    {%- if is_build() %}{% do run_query(hold_build()) %}{% endif -%}
    {{ dbt.default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) }}
{%- endmacro %}

{#- After the last model. A build that is broken off does not come here; see sign_build. -#}
{% macro end_build() %}
    {%- if is_build() %}
    delete from {{ build_in_progress() }} where invocation_id = {{ sql_text(invocation_id) }}
    {%- endif %}
{% endmacro %}
