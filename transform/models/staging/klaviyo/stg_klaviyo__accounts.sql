with

source as (
    select * from {{ source('tap_klaviyo', 'accounts') }}
),

zones as (
    select * from {{ ref('stg_klaviyo__time_zones') }}
),

zoned as (
    select
        source.*,
        coalesce(zones.known_as, 'UTC') as known_timezone
    from source
    left join zones on source.timezone = zones.timezone
),

renamed as (
    select
        account_id,

        client,
        organization_name,
        known_timezone as timezone,
        upper(preferred_currency) as currency,
        locale,
        industry,

        coalesce(test_account, false) as is_test_account
    from zoned
)

select * from renamed
