with

source as (
    select * from {{ source('tap_klaviyo', 'flows') }}
),

renamed as (
    select
        account_id,
        id as flow_id,

        name as flow_name,
        lower(status) as status,
        trigger_type,

        coalesce(archived, false) as is_archived,
        tag_ids,

        created as created_at,
        updated as updated_at
    from source
)

select * from renamed
