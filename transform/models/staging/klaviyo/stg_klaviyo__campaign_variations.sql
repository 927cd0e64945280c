with

source as (
    select * from {{ source('tap_klaviyo', 'campaign_variations') }}
),

renamed as (
    select
        account_id,
        id as variation_id,
        campaign_message_id as message_id,

        name as variation_name,
        {{ message_channel('channel') }} as channel,
        subject,
        sender
    from source
)

select * from renamed
