with

source as (
    select * from {{ source('tap_klaviyo', 'metric_aggregate_reads') }}
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
        metric_id,

        breakdown,
        "interval" as bucket,
        known_timezone as timezone,

        "rows" as row_count,

        window_start,
        window_end,
        read_at,
        _sdc_batched_at as loaded_at
    from zoned
)

select * from renamed
