{{ config(materialized='incremental', incremental_strategy='replace_days', meta={'changes_days_before': 0}, indexes=[
    {'columns': ['account_id', 'date_day', 'channel', 'tier'], 'unique': true},
    {'columns': ['account_id', 'read_at']}
]) }}

-- What happened before a day decides its tiers: a changed day reaches all later ones, and none before it.
with

changes as (
    {{ accounts_changed_since_last_build() }}
),

delivered as (
    select distinct
        changes.account_id,
        person_days.profile_id,
        metrics.channel,
        person_days.date_day,
        changes.read_at
    from changes
    {{ join_few(
        ref('int_person_days'), 'person_days',
        'changes.account_id = person_days.account_id and changes.first_day <= person_days.date_day'
    ) }}
    inner join {{ ref('int_metrics') }} as metrics
        on changes.account_id = metrics.account_id and person_days.metric_id = metrics.metric_id
    where metrics.action = 'delivered' and metrics.channel is not null and person_days.profile_id <> ''
),

people as (
    select distinct
        account_id,
        profile_id
    from delivered
),

engaged as (
    select engaged_days.*
    from people
    {{ join_few(
        ref('int_engaged_days'), 'engaged_days',
        'people.account_id = engaged_days.account_id and people.profile_id = engaged_days.profile_id'
    ) }}
),

first_orders as (
    select
        account_id,
        profile_id,
        min(date_day) as ordered_day
    from engaged
    where kind = 'ordered'
    group by account_id, profile_id
),

timeline as (
    select
        *,
        null::date as engaged_day
    from delivered
    union all
    select
        account_id,
        profile_id,
        kind as channel,
        date_day,
        null as read_at,
        date_day as engaged_day
    from engaged
    where kind <> 'ordered'
),

in_order as (
    select
        *,
        max(engaged_day) over (
            partition by profile_id, channel, account_id
            order by date_day
            range between unbounded preceding and interval '1 day' preceding
        ) as last_engaged_day
    from timeline
)

select
    in_order.account_id,
    in_order.date_day,
    in_order.channel,
    {{ engagement_tier('in_order.date_day - in_order.last_engaged_day') }} as tier,
    count(*) as people,
    count(*) filter (where first_orders.ordered_day < in_order.date_day) as buyers,
    in_order.read_at
from in_order
left join first_orders
    on in_order.account_id = first_orders.account_id and in_order.profile_id = first_orders.profile_id
where in_order.read_at is not null
group by in_order.account_id, in_order.date_day, in_order.channel, tier, in_order.read_at
