with

source as (
    select * from {{ source('tap_klaviyo', 'accounts') }}
),

renamed as (
    select
        account_id,

        client,
        organization_name,
        timezone,
        upper(preferred_currency) as currency,
        locale,
        industry,

        coalesce(test_account, false) as is_test_account
    from source
)

select * from renamed
