{{ config(pre_hook=hash_joins(), indexes=[
    {'columns': ['account_id', 'date_day', 'channel', 'tier'], 'unique': true}
]) }}

with

days as (
    select * from {{ ref('int_channel_days') }}
    where channel in ('email', 'sms', 'push', 'whatsapp')
),

tiers as (
    select * from {{ ref('int_engagement_tiers') }}
),

unknown as (
    select * from {{ ref('int_unknown_actions') }}
),

first_days as (
    select
        account_id,
        min(date_day) as first_day
    from {{ ref('int_event_days_completeness') }}
    where has_events
    group by account_id
),

judged as (
    select
        days.*,
        days.deliveries is not null and not coalesce(unknown.actions && array['opened', 'clicked'], false) as is_known,
        days.date_day - first_days.first_day as known_days
    from days
    left join first_days on days.account_id = first_days.account_id
    left join unknown on days.account_id = unknown.account_id and days.channel = unknown.channel
)

select
    judged.account_id,
    judged.client,
    judged.date_day,
    judged.channel,
    listed.tier,
    case when judged.is_known then coalesce(tiers.people, 0) end::bigint as people,
    case when judged.is_known then coalesce(tiers.buyers, 0) end::bigint as buyers,
    case when judged.is_known then judged.known_days end::bigint as known_days,
    judged.is_settled,
    judged.is_over
from judged
cross join
    (
        values
        {%- for tier in engagement_tiers() %}
            ('{{ tier }}'){{ ',' if not loop.last }}
        {%- endfor %}
    ) as listed (tier)
left join tiers
    on
        judged.account_id = tiers.account_id
        and judged.date_day = tiers.date_day
        and judged.channel = tiers.channel
        and listed.tier = tiers.tier
