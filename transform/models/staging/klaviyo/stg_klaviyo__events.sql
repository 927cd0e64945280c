with

source as (
    select * from {{ source('tap_klaviyo', 'events') }}
),

renamed as (
    select
        account_id,
        id as event_id,
        uuid as event_uuid,
        metric_id,
        profile_id,

        upper(value_currency) as value_currency,

        value,

        event_properties,
        attributions,

        datetime as occurred_at
    from source
)

select * from renamed
