with

source as (
    select * from {{ source('tap_klaviyo', 'mapped_metrics') }}
),

renamed as (
    select
        account_id,
        id as mapped_as,
        metric_id,
        custom_metric_id,

        updated as updated_at
    from source
)

select * from renamed
