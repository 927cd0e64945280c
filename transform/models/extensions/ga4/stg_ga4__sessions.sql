with

source as (
    {{ raw_table_if_any('sessions', {
        'property_id': 'text', 'date': 'date', 'channel_group': 'text', 'sessions': 'bigint', 'engaged_sessions': 'bigint'
    }, tap='tap_ga4') }}
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
