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
        coalesce(
            {{ country_code("trim(to_jsonb(zoned) -> 'contact_information' -> 'street_address' ->> 'country')") }},
            upper(substring(locale from '^[A-Za-z]+[-_]([A-Za-z]{2})$'))
        ) as country,

        coalesce(test_account, false) as is_test_account
    from zoned
)

select * from renamed
