with

source as (
    select * from {{ source('tap_klaviyo', 'campaigns') }}
),

renamed as (
    select
        account_id,
        id as campaign_id,

        name as campaign_name,
        description,
        builder,

        coalesce(archived, false) as is_archived,

        send_settings,
        tag_ids,

        created_at,
        updated_at
    from source
)

select * from renamed
