{#- What int_event_day_reads remembers of a day's list of events. -#}
{% macro columns_of_lists() -%}
    {{ return({'listed_since': 'timestamp', 'listed_at': 'timestamp', 'list_digest': 'text', 'newest_event_at': 'timestamp'}) }}
{%- endmacro %}

{#- A table that was built before there were lists gets the columns. -#}
{% macro add_columns_of_lists() -%}
    {%- if is_incremental() -%}
        alter table {{ this }}
        {%- for column, type in columns_of_lists().items() %}
            add column if not exists {{ column }} {{ type }}{{ ',' if not loop.last }}
        {%- endfor %}
    {%- endif -%}
{%- endmacro %}

{#- The rows of int_event_day_reads so far; none the first time. -#}
{% macro event_days_so_far() -%}
    {%- if is_incremental() -%}
        select * from {{ this }}
    {%- else -%}
        select
            null::text as account_id,
            null::date as date_day,
            null::timestamp as read_at,
            null::timestamp as complete_since
            {%- for column, type in columns_of_lists().items() %},
                null::{{ type }} as {{ column }}
            {%- endfor %}
        where false
    {%- endif -%}
{%- endmacro %}

{#- Lists with what int_event_day_reads knows of them. One that equals the last one is nothing new, unless since then an
    event was read that it need not hold, or the whole day without a list. A new one is as new as the newest entry in
    the run log, which is newer than all that was built before. -#}
{% macro lists_compared_with(known) -%}
    select
        lists.*,
        case when known.listed_at >= lists.loaded_at then known.list_digest else md5(lists.event_ids::text) end as digest,
        case
            when known.listed_at >= lists.loaded_at then false
            else
                coalesce(md5(lists.event_ids::text) <> known.list_digest, true)
                or coalesce(known.newest_event_at >= known.listed_since, false)
                or known.complete_since > known.listed_since
        end as is_new,
        logs.loaded_at as logged_at
    from {{ ref('int_event_day_lists') }} as lists
    left join {{ known }} as known on lists.account_id = known.account_id and lists.date_day = known.date_day
    left join (
        select
            account_id,
            max(loaded_at) as loaded_at
        from {{ ref('stg_klaviyo__sync_log') }}
        group by account_id
    ) as logs on lists.account_id = logs.account_id
{%- endmacro %}
