{#- How a model made of windows is kept up to date: a change of one day reaches every window that ends later, so an
    account is built again from the first day that changed. int_window_changes knows which that is.  Such a model keeps
    in `changed_at` the newest change that its row has seen. Its rows have `account_id` and `date_day`, and its strategy
    is `replace_windows`. -#}

{#- The accounts of which a day has changed since this model was last built, and from which day on; all of them the
    first time. An account is always built to its end, so the timestamp of its last day is that of the build. -#}
{% macro windows_changed_since_last_build() -%}
    {%- set changed = ref('int_window_changes') -%}
    select
        days.account_id,
        min(days.date_day) as first_day,
        max(days.changed_at) as changed_at
    from {{ changed }} as days
    {%- if is_incremental() %}
    inner join (
        select
            accounts.account_id,
            last_day.changed_at
        from (select distinct changed.account_id from {{ changed }} as changed) as accounts
        left join lateral (
            select built.changed_at from {{ this }} as built
            where built.account_id = accounts.account_id
            order by built.date_day desc limit 1
        ) as last_day on true
    ) as built on days.account_id = built.account_id
    where built.changed_at is null or days.changed_at > built.changed_at
    {%- endif %}
    group by days.account_id
{%- endmacro %}

{#- The rows of a table of accounts and days from the first day on that changed, or from so many days before. Wants the
    relation `changes`, which is the query above; tells its columns as `first_day` and `newest_change`. -#}
{% macro rows_since_change(relation, days_before=0) -%}
    select
        days.*,
        changes.first_day,
        changes.changed_at as newest_change
    from changes
    {{ join_few(
        relation, 'days',
        'changes.account_id = days.account_id and changes.first_day - ' ~ days_before ~ ' <= days.date_day'
    ) }}
{%- endmacro %}

{% macro get_incremental_replace_windows_sql(arguments) %}
    {{ replace_rows(arguments, windows_changed_since_last_build(), 'built.date_day >= changes.first_day') }}
{% endmacro %}
