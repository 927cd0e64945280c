{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    meta={'changes_days_before': 0},
    indexes=[{'columns': ['account_id', 'date_day']}, {'columns': ['account_id', 'read_at']}]
) }}

-- Exactly how many people did something within the 7, 28 or 90 days up to each day, in one pass over the days: a person
-- comes in on each active day, and goes out when the window has passed or on the next active day, to come in again.
with

changes as (
    {{ accounts_changed_since_last_build() }}
),

-- Before the first day to be built, only what can still be inside a window there.
gaps as (
    select gaps.*
    from changes
    inner join {{ ref('int_person_gaps_counted') }} as gaps
        on changes.account_id = gaps.account_id and gaps.date_day >= changes.first_day - 89
),

steps as (
    select
        gaps.account_id,
        gaps.channel,
        gaps.action,
        gaps.is_human,
        lengths.window_days,
        step.date_day,
        step.people
    from gaps
    cross join (values (7), (28), (90)) as lengths (window_days)
    cross join lateral (
        values (gaps.date_day, gaps.people), (gaps.date_day + least(gaps.gap, lengths.window_days), -gaps.people)
    ) as step (date_day, people)
),

net_steps as (
    select
        account_id,
        channel,
        window_days,
        date_day,
    {%- for name, action, is_human in people_measures() %}
        coalesce(sum(people) filter (where action = '{{ action }}' and is_human = {{ is_human }}), 0) as {{ name }}
        {{- ',' if not loop.last }}
    {%- endfor %}
    from steps
    group by account_id, channel, window_days, date_day
),

crowds as (
    select distinct
        account_id,
        channel,
        window_days
    from net_steps
),

counted as (
    select
        days.account_id,
        days.date_day,
        crowds.channel,
        crowds.window_days,
        {%- for name, _, _ in people_measures() %}
            coalesce(sum(net_steps.{{ name }}) over up_to_the_day, 0)::bigint as {{ name }},
        {%- endfor %}
        changes.first_day,
        changes.read_at
    from crowds
    inner join changes on crowds.account_id = changes.account_id
    inner join {{ ref('int_account_days_spined') }} as days
        on crowds.account_id = days.account_id and days.date_day >= changes.first_day - 89
    left join net_steps
        on
            crowds.account_id = net_steps.account_id
            and crowds.channel = net_steps.channel
            and crowds.window_days = net_steps.window_days
            and days.date_day = net_steps.date_day
    window up_to_the_day as (
        partition by crowds.account_id, crowds.channel, crowds.window_days order by days.date_day
    )
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
where date_day >= first_day
