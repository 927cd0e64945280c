{{ config(
    materialized='incremental',
    unique_key=['account_id', 'date_day'],
    indexes=[{'columns': ['account_id', 'date_day'], 'unique': true}]
) }}

-- When a day last changed in what windows are made of. Found by comparing, whatever the reason: Klaviyo's restatement,
-- a late event, another mapping or seed, a day that has settled. A day that is gone has no digest.
with

people as (
    select
        account_id,
        date_day,
        channel,
        {{ people_measures() | map(attribute=0) | join(', ') }},
        window_days
    from {{ ref('int_window_people') }}
),

answered as (
    select
        account_id,
        date_day,
        channel,
        {{ answers() | map(attribute=0) | join(', ') }},
        clickable_deliveries,
        unsubscribable_deliveries,
        window_days
    from {{ ref('int_window_answers') }}
),

lines as (
{%- for rows, alias in [
    (ref('int_window_days'), 'combined'), (ref('int_event_days_completeness'), 'event_days'),
    ('people', 'people'), ('answered', 'answered')
] %}
        {%- if not loop.first %}
            union all
        {%- endif %}
        select
            account_id,
            date_day,
            {{ alias }}::text as line
        from {{ rows }}{{ ' as ' ~ alias if rows != alias }}
    {%- endfor %}
),

kpis as (
    select
        string_agg(kpis::text, ' ' order by kpis.kpi)
        || coalesce(
            (select string_agg(holidays::text, ' ' order by holidays::text) from {{ ref('holidays') }} as holidays), ''
        ) as all_rows
    from {{ ref('kpis') }} as kpis
),

days as (
    select
        lines.account_id,
        lines.date_day,
        md5(string_agg(lines.line, ' ' order by lines.line) || kpis.all_rows) as digest
    from lines
    cross join kpis
    group by lines.account_id, lines.date_day, kpis.all_rows
),

known as (
    {%- if is_incremental() %}
        select * from {{ this }}
    {%- else %}
        select
            *,
            null::timestamp as changed_at
        from days
        where false
    {%- endif %}
),

compared as (
    select
        account_id,
        date_day,
        days.digest,
        known.digest as known_digest,
        max(known.changed_at) over (partition by account_id) as last_change
    from days
    full outer join known using (account_id, date_day)
)

select
    account_id,
    date_day,
    digest,
    greatest(now() at time zone 'UTC', last_change + interval '1 microsecond') as changed_at
from compared
where digest is distinct from known_digest
