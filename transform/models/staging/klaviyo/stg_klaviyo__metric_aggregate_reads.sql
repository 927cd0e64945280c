with

source as (
    select * from {{ source('tap_klaviyo', 'metric_aggregate_reads') }}
),

renamed as (
    select
        account_id,
        metric_id,

        breakdown,
        "interval" as bucket,
        timezone,

        "rows" as row_count,

        window_start,
        window_end,
        read_at,
        _sdc_batched_at as loaded_at
    from source
)

select * from renamed
