with

source as (
    select * from {{ source('tap_klaviyo', 'sync_log') }}
),

renamed as (
    select
        run_id,
        account_id,
        stream,

        client,
        shard,
        status,
        error,

        records,
        requests,
        retries,
        throttled_seconds,

        started_at,
        finished_at,
        window_start,
        window_end,
        _sdc_batched_at as loaded_at
    from source
)

select * from renamed
