with

source as (
    select * from {{ source('tap_klaviyo', 'flow_messages') }}
),

renamed as (
    select
        account_id,
        id as message_id,
        flow_id,
        flow_action_id,

        name as message_name,
        {{ message_channel('channel') }} as channel,
        subject,

        created as created_at,
        updated as updated_at
    from source
)

select * from renamed
