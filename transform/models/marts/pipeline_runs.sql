with

sync_log as (
    select * from {{ ref('stg_klaviyo__sync_log') }}
),

final as (
    select
        run_id,
        account_id,
        client,
        shard,
        stream,
        status,
        error,
        records,
        requests,
        retries,
        throttled_seconds::numeric(12, 3) as throttled_seconds,
        extract(epoch from finished_at - started_at)::numeric(12, 3) as duration_seconds,
        started_at,
        finished_at,
        window_start,
        window_end
    from sync_log
)

select * from final
