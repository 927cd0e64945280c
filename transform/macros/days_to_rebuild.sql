{#- How a model made of single events is kept up to date: only what was read again is built again.

    Such a model keeps in `read_at` the newest reading that its row has seen, so that each account can be compared with
    stg_klaviyo__event_days_read. Its rows have `account_id` and `date_day`, and its strategy is `replace_days`. -#}

{#- The days read after this model was last built; all of them the first time, and when what the counting rests on has
    changed since (int_accounts_based). -#}
{% macro days_read_since_last_build() -%}
    {%- set accounts = ref('stg_klaviyo__accounts') -%}
    select
        days_read.account_id,
        days_read.date_day,
        days_read.complete_since,
        greatest(days_read.read_at, bases.changed_at) as read_at
    from {{ ref('stg_klaviyo__event_days_read') }} as days_read
    inner join {{ ref('int_accounts_based') }} as bases on days_read.account_id = bases.account_id
    {%- if is_incremental() %}
    left join (
        select
            accounts.account_id,
            (select max(built.read_at) from {{ this }} as built where built.account_id = accounts.account_id) as read_at
        from {{ accounts }} as accounts
    ) as built on days_read.account_id = built.account_id
    where built.read_at is null or greatest(days_read.read_at, bases.changed_at) > built.read_at
    {%- endif %}
{%- endmacro %}

{#- For numbers that depend on other days too: an account with something new, and from which day on it has changed. -#}
{% macro accounts_changed_since_last_build() -%}
    select
        account_id,
        min(date_day) as first_day,
        max(read_at) as read_at
    from ({{ days_read_since_last_build() }}) as days_read
    group by account_id
{%- endmacro %}

{#- dbt's delete+insert deletes by the keys of the new rows, so a day that has lost all its events would stay. This one
    deletes the days that were read. `meta: {changes_days_before: 89}` says that a day's change reaches back 89 days
    and forward without end; without it, a day is a matter of its own. -#}
{% macro get_incremental_replace_days_sql(arguments) %}
    {%- set before = config.get('meta', {}).get('changes_days_before') -%}
    {%- set columns = get_quoted_csv(arguments.dest_columns | map(attribute='name')) %}
    {#- Row by row through the index, like macros/join_few.sql and for its reason. -#}
    {%- if before is none %}
        {%- set changes, is_changed = days_read_since_last_build(), 'built.date_day = changes.date_day' %}
    {%- else %}
        {%- set changes = accounts_changed_since_last_build() %}
        {%- set is_changed = 'built.date_day >= changes.first_day - ' ~ before %}
    {%- endif %}
    delete from {{ arguments.target_relation }}
    where ctid = any(array(
        select rows.ctid
        from ({{ changes }}) as changes
        cross join lateral (
            select built.ctid
            from {{ arguments.target_relation }} as built
            where built.account_id = changes.account_id and {{ is_changed }}
            offset 0
        ) as rows
    ));
    insert into {{ arguments.target_relation }} ({{ columns }})
    select {{ columns }} from {{ arguments.temp_relation }}
{% endmacro %}
