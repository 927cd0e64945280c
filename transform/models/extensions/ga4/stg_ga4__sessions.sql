with

source as (
    select * from {{ source('tap_ga4', 'sessions') }}
),

renamed as (
    select
        property_id::text as property_id,
        date as date_day,
        channel_group,
        sessions,
        engaged_sessions
    from source
)

select * from renamed
