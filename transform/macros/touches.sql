{#- The events of two CTEs that were not deleted in Klaviyo, as account_id and event_id: a day's list has them, they were
    read after it, or no list tells. -#}
{% macro events_still_there(events, more_events) -%}
    with
    asked as (
        select account_id, date_day, event_id, read_at from {{ events }}
        union
        select account_id, date_day, event_id, read_at from {{ more_events }}
    ),
    days as (
        select days_read.account_id, days_read.date_day, days_read.complete_since, days_read.listed_since
        from (select distinct account_id, date_day from asked) as asked_days
        inner join {{ ref('int_event_day_reads') }} as days_read using (account_id, date_day)
    ),
    listed as (
        select days.account_id, days.date_day, listed.event_id
        from days
        inner join {{ ref('int_event_day_lists') }} as lists
            on
                days.account_id = lists.account_id
                and days.date_day = lists.date_day
                and days.listed_since = days.complete_since
        cross join lateral jsonb_array_elements_text(lists.event_ids) as listed (event_id)
    )
    select asked.account_id, asked.event_id
    from asked
    left join days using (account_id, date_day)
    left join listed using (account_id, date_day, event_id)
    where days.complete_since is null or days.complete_since <= asked.read_at or listed.event_id is not null
{%- endmacro %}

{#- What a credit can rest on, from the most to the least that it tells of a person's interest. -#}
{% macro touch_kinds() -%}
    {{ return(['human_click', 'human_open', 'bot_click', 'machine_open', 'delivery_only', 'unknown']) }}
{%- endmacro %}

{% macro touch_kind(action, is_machine) -%}
    case
        when {{ action }} = 'clicked' and {{ is_machine }} then 'bot_click'
        when {{ action }} = 'clicked' then 'human_click'
        when {{ action }} = 'opened' and {{ is_machine }} then 'machine_open'
        when {{ action }} = 'opened' then 'human_open'
        when {{ action }} = 'delivered' then 'delivery_only'
        else 'unknown'
    end
{%- endmacro %}

{#- Rules of attribution, each stricter than the one before it, and what no rule can judge. -#}
{% macro ladder_rungs() -%}
    {{ return([
        ('attributed', 'true'),
        ('without_machines', "touch not in ('bot_click', 'machine_open')"),
        ('clicks', "touch = 'human_click'"),
        ('clicks_24_hours', "touch = 'human_click' and hours <= 24"),
        ('unknown_touch', "touch = 'unknown'"),
    ]) }}
{%- endmacro %}

{% macro hours_between(earlier, later) -%}
    (extract(epoch from {{ later }}.occurred_at - {{ earlier }}.occurred_at) / 3600)::numeric(20, 4)
{%- endmacro %}
