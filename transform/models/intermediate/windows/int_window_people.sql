{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    meta={'changes_days_before': 0},
    indexes=[
        {'columns': ['account_id', 'date_day', 'channel', 'window_days'], 'unique': true},
        {'columns': ['account_id', 'read_at']}
    ]
) }}

-- Exactly how many people did something within the 7, 28 or 90 days up to each day, in one pass over the days: a person
-- comes in on each active day, and goes out when the window has passed or on the next active day, to come in again.
-- A window without people has no row, so that a rebuild of some days, which sees no channel that has been silent for
-- longer, and one of all days make the same rows.
with

changes as (
    {{ accounts_changed_since_last_build() }}
),

days as (
    select * from {{ ref('int_event_days') }}
),

-- Before the first day to be built, only what can still be inside a window there.
steps as (
    select
        gaps.account_id,
        gaps.channel,
        lengths.window_days,
        step.date_day,
    {%- for name, action, is_human in people_measures() %}
        coalesce(sum(step.people) filter (where gaps.action = '{{ action }}' and gaps.is_human = {{ is_human }}), 0)
            as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
    from changes
    inner join {{ ref('int_person_gaps') }} as gaps
        on changes.account_id = gaps.account_id and gaps.date_day >= changes.first_day - 89
    cross join (values (7), (28), (90)) as lengths (window_days)
    cross join
        lateral (
            values (gaps.date_day, gaps.people), (gaps.date_day + least(gaps.gap, lengths.window_days), -gaps.people)
        ) as step (date_day, people)
    group by gaps.account_id, gaps.channel, lengths.window_days, step.date_day
),

crowds as (
    select distinct
        account_id,
        channel,
        window_days
    from steps
),

counted as (
    select
        account_id,
        date_day,
        channel,
        window_days,
        {%- for name, _, _ in people_measures() %}
            coalesce(sum(steps.{{ name }}) over up_to_the_day, 0)::bigint as {{ name }},
        {%- endfor %}
        changes.first_day,
        changes.read_at
    from changes
    inner join crowds using (account_id)
    inner join days using (account_id)
    left join steps using (account_id, channel, window_days, date_day)
    where days.date_day >= changes.first_day - 89
    window up_to_the_day as (partition by account_id, channel, window_days order by date_day)
)

select
    account_id,
    date_day,
    channel,
    window_days,
    read_at,
{%- for name, _, _ in people_measures() %}
    {{ name }}{{ ',' if not loop.last }}
{%- endfor %}
from counted
where date_day >= first_day and greatest({{ people_measures() | map(attribute=0) | join(', ') }}) > 0
