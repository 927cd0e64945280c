with

source as (
    select * from {{ source('tap_klaviyo', 'campaign_messages') }}
),

renamed as (
    select
        account_id,
        id as message_id,
        campaign_id,
        campaign_audience_id,

        name as message_name,
        lower(status) as status,

        send_time as sent_at,
        created as created_at,
        updated as updated_at
    from source
)

select * from renamed
