{{ config(materialized='table') }}

-- Every Postgres knows other names of zones: one with an old list lacks `Europe/Kyiv`, one without the old names lacks
-- `US/Eastern`. A name that it does not know ends the query, and with it the build of all brands. A table, because the
-- list of names is read from many files.
with

asked as (
    select timezone from {{ source('tap_klaviyo', 'accounts') }}
    union
    select timezone from {{ source('tap_klaviyo', 'metric_aggregate_reads') }}
),

known as (
    select
        lower(name) as lower_name,
        min(name) as name
    from pg_timezone_names
    group by lower(name)
),

final as (
    select
        asked.timezone,
        coalesce(min(itself.name), min(other.name), 'UTC') as known_as,
        min(itself.name) is not null or min(other.name) is not null as is_known
    from asked
    left join known as itself on lower(asked.timezone) = itself.lower_name
    left join {{ ref('time_zone_names') }} as names on lower(asked.timezone) = lower(names.timezone)
    left join known as other on lower(names.other_name) = other.lower_name
    where asked.timezone is not null
    group by asked.timezone
)

select * from final
