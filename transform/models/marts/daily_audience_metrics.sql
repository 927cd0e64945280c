{{ config(pre_hook=hash_joins(), indexes=[
    {'columns': ['account_id', 'audience_kind', 'audience_id', 'date_day'], 'unique': true}
]) }}

-- A day on which an audience was not read is a row too, so that a hole is not taken for a zero.
with

counts as (
    select * from {{ ref('int_audience_counts') }}
),

names as (
    select * from {{ ref('int_audiences') }}
),

audiences as (
    select
        account_id,
        audience_kind,
        audience_id,
        min(date_day) as first_day
    from counts
    group by account_id, audience_kind, audience_id
),

days as (
    select
        days.account_id,
        days.client,
        days.date_day,
        days.is_over,
        audiences.audience_kind,
        audiences.audience_id
    from {{ ref('int_account_days') }} as days
    inner join audiences on days.account_id = audiences.account_id and days.date_day >= audiences.first_day
)

select
    days.account_id,
    days.client,
    days.date_day,
    days.audience_kind,
    days.audience_id,
    names.audience_name,
    names.tags,
    counts.members,
    counts.added,
    counts.removed,
    counts.members - before.members as net_change,
    counts.source,
    days.is_over
from days
left join counts
    on
        days.account_id = counts.account_id
        and days.audience_kind = counts.audience_kind
        and days.audience_id = counts.audience_id
        and days.date_day = counts.date_day
left join counts as before
    on
        days.account_id = before.account_id
        and days.audience_kind = before.audience_kind
        and days.audience_id = before.audience_id
        and days.date_day - 1 = before.date_day
left join names
    on
        days.account_id = names.account_id
        and days.audience_kind = names.audience_kind
        and days.audience_id = names.audience_id
