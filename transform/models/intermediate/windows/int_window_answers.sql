{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    meta={'changes_days_before': 0},
    indexes=[
        {'columns': ['account_id', 'date_day', 'channel', 'window_days'], 'unique': true},
        {'columns': ['account_id', 'read_at']}
    ]
) }}

-- Of the deliveries of the 7, 28 or 90 days up to each day, how many were opened (clicked and so on) by its end: an
-- answer comes in on its own day, and goes out with the delivery that it belongs to. `clickable_…` and
-- `unsubscribable_…` are the deliveries that a click or an unsubscribe can come from: over all channels together, not
-- every one. A window without deliveries has no row: of a channel that was given up, a rebuild of the last days
-- finds none.
{%- set columns = answers() | map(attribute=0) | list + ['clickable_deliveries', 'unsubscribable_deliveries'] %}
with

changes as (
    {{ accounts_changed_since_last_build() }}
),

days as (
    select * from {{ ref('int_event_days') }}
),

answered as (
    select
        answered.account_id,
        answered.channel,
        answered.delivered_day,
        answered.date_day,
        {%- for column, _, _ in answers() %}
            sum(answered.{{ column }}) as {{ column }},
        {%- endfor %}
        coalesce(sum(answered.deliveries) filter (where {{ knows('described', 'clicked') }}), 0)
            as clickable_deliveries,
        coalesce(sum(answered.deliveries) filter (where {{ knows('described', 'unsubscribed') }}), 0)
            as unsubscribable_deliveries
    from changes
    inner join {{ ref('int_delivery_answers') }} as answered
        on changes.account_id = answered.account_id and answered.delivered_day >= changes.first_day - 89
    left join {{ ref('int_channel_actions') }} as described on answered.channel = described.channel
    group by 1, 2, 3, 4
),

steps as (
    select
        answered.account_id,
        listed.channel,
        lengths.window_days,
        step.date_day,
    {%- for column in columns %}
        sum(step.sign * answered.{{ column }}) as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
    from answered
    cross join (values (7), (28), (90)) as lengths (window_days)
    cross join lateral (values (answered.channel), ('all')) as listed (channel)
    cross join
        lateral (
            values (answered.date_day, 1), (answered.delivered_day + lengths.window_days, -1)
        ) as step (date_day, sign)
    where answered.date_day < answered.delivered_day + lengths.window_days
    group by 1, 2, 3, 4
),

channels as (
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
        {%- for column in columns %}
            coalesce(sum(steps.{{ column }}) over up_to_the_day, 0)::bigint as {{ column }},
        {%- endfor %}
        changes.first_day,
        changes.read_at
    from changes
    inner join channels using (account_id)
    inner join days using (account_id)
    left join steps using (account_id, channel, window_days, date_day)
    where days.date_day >= changes.first_day - 89
    window up_to_the_day as (partition by account_id, channel, window_days order by date_day)
)

select account_id, date_day, channel, window_days, {{ columns | join(', ') }}, read_at
from counted
where date_day >= first_day and deliveries > 0
