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

        -- By key or by name, as the tap does (breakdowns.py): Klaviyo's description leaves the integration free, and
        -- answers without a key are on record. The category decides where there is neither. Null: nothing is stated.
        coalesce(
            case
                when 'klaviyo' in (lower(trim(integration_key)), lower(trim(integration_name))) then true
                when concat(trim(integration_key), trim(integration_name)) <> '' then false
            end,
            lower(nullif(trim(integration_category), '')) = 'internal'
        ) as is_klaviyo_own,

        created as created_at,
        updated as updated_at
    from source
)

select * from renamed
