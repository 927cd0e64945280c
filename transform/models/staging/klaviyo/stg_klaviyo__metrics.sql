with

source as (
    select * from {{ source('tap_klaviyo', 'metrics') }}
),

renamed as (
    select
        account_id,
        id as metric_id,
        integration_id,

        name as metric_name,
        integration_key,
        integration_name,
        integration_category,

        created as created_at,
        updated as updated_at
    from source
)

select * from renamed
