{{ config(indexes=[{'columns': ['account_id', 'date_day'], 'unique': true}]) }}

-- Visits to the shop next to its sales: another source joins by client and day, and by nothing else.
with

sessions as (
    select * from {{ ref('stg_ga4__sessions') }}
),

properties as (
    select * from {{ ref('ga4_properties') }}
),

days as (
    select * from {{ ref('daily_client_metrics') }}
),

visits as (
    select
        properties.client,
        sessions.date_day,
        sum(sessions.sessions) as sessions,
        sum(sessions.engaged_sessions) as engaged_sessions,
        sum(sessions.sessions) filter (where sessions.channel_group in ('Email', 'SMS')) as message_sessions
    from sessions
    inner join properties on sessions.property_id = properties.property_id
    group by properties.client, sessions.date_day
),

final as (
    select
        days.account_id,
        days.client,
        days.date_day,
        days.currency,
        visits.sessions::bigint as sessions,
        visits.engaged_sessions::bigint as engaged_sessions,
        visits.message_sessions::bigint as message_sessions,
        days.orders,
        days.revenue
    from days
    inner join visits on days.client = visits.client and days.date_day = visits.date_day
)

select * from final
