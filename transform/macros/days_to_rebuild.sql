{#- How a model made of single events is kept up to date: only what was re-read is rebuilt.

    Such a model keeps in `read_at` the newest reading that its row has seen, so that each account can be compared with
    int_event_day_reads. Its rows have `account_id` and `date_day`, and its strategy is `replace_days`. -#}

{#- The days read after this model was last built; all of them the first time, and when what the counting rests on has
    changed since (int_account_fingerprints). -#}
{% macro days_read_since_last_build() -%}
    select
        days_read.account_id,
        days_read.date_day,
        days_read.complete_since,
        days_read.listed_since,
        greatest(days_read.read_at, bases.changed_at) as read_at
    from {{ ref('int_event_day_reads') }} as days_read
    inner join {{ ref('int_account_fingerprints') }} as bases on days_read.account_id = bases.account_id
    left join ({{ newest_built(ref('stg_klaviyo__accounts'), 'read_at') }}) as built
        on days_read.account_id = built.account_id
    where
        (built.read_at is null or greatest(days_read.read_at, bases.changed_at) > built.read_at)
        and {{ has_its_events('days_read') }}
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

{#- `meta: {changes_days_before: 89}` says that a day's change reaches back 89 days and forward without end; without it,
    a day is a matter of its own. -#}
{% macro get_incremental_replace_days_sql(arguments) %}
    {%- set before = config.get('meta', {}).get('changes_days_before') -%}
    {%- if before is none %}
        {{ replace_rows(arguments, days_read_since_last_build(), 'built.date_day = changes.date_day') }}
    {%- else %}
        {{ replace_rows(
            arguments, accounts_changed_since_last_build(), 'built.date_day >= changes.first_day - ' ~ before
        ) }}
    {%- endif %}
{% endmacro %}

{#- The days of Klaviyo's aggregates that were asked for, or of which rows were loaded, after int_metric_aggregates was
    last built: a run that was killed has loaded rows without saying what it asked for. The rows of that model keep both
    timestamps apart, because the two streams are loaded one after the other. -#}
{% macro days_asked_since_last_build() -%}
    {%- set days_read, accounts = ref('int_metric_day_reads'), ref('stg_klaviyo__accounts') -%}
    {%- set raw = source('tap_klaviyo', 'metric_aggregates') -%}
    with
    accounts as (
        select
            account_id,
            coalesce(days.day_loaded_at, '-infinity') as days_until,
            coalesce(rows.loaded_at, '-infinity') as rows_until
        from ({{ newest_built(accounts, 'day_loaded_at') }}) as days
        inner join ({{ newest_built(accounts, 'loaded_at') }}) as rows using (account_id)
    )
    select accounts.account_id, days_read.date_day
    from accounts
    {{ join_few(
        days_read, 'days_read',
        'accounts.account_id = days_read.account_id and accounts.days_until < days_read.loaded_at'
    ) }}
    union
    select accounts.account_id, raw.date as date_day
    from accounts
    {{ join_few(
        raw, 'raw', 'accounts.account_id = raw.account_id and accounts.rows_until < raw._sdc_batched_at'
    ) }}
{%- endmacro %}

{% macro get_incremental_replace_days_asked_sql(arguments) %}
    {{ replace_rows(arguments, days_asked_since_last_build(), 'built.date_day = changes.date_day') }}
{% endmacro %}

{#- dbt's delete+insert deletes by the keys of the new rows, so a day that has lost all its rows would stay. This one
    deletes what has changed, whether or not anything comes in its place: row by row through the index, like
    macros/join_few.sql and for its reason; on a cluster, rows have no such address. -#}
{% macro replace_rows(arguments, changes, is_changed) %}
    {%- set columns = get_quoted_csv(arguments.dest_columns | map(attribute='name')) %}
    {%- if var('distributed') %}
    delete from {{ arguments.target_relation }} as built
    using ({{ changes }}) as changes
    where built.account_id = changes.account_id and {{ is_changed }};
    {%- else %}
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
    {%- endif %}
    insert into {{ arguments.target_relation }} ({{ columns }})
    select {{ columns }} from {{ arguments.temp_relation }}
{% endmacro %}
