{{ config(
    materialized='incremental',
    unique_key=['account_id', 'metric_id', 'breakdown', 'bucket', 'date_day'],
    indexes=[
        {'columns': ['account_id', 'date_day', 'metric_id', 'breakdown', 'bucket'], 'unique': true},
        {'columns': ['account_id', 'loaded_at']}
    ]
) }}

-- For `int_metric_aggregates` (which rows of an aggregate are valid) and `int_known_metric_days` (which days were
-- read). A day counts as read if a window covers its beginning, because Klaviyo dates the day's bucket there.
with

built as (
    {{ newest_built(ref('stg_klaviyo__accounts'), 'loaded_at') }}
),

reads as (
    select reads.*
    from {{ ref('stg_klaviyo__metric_aggregate_reads') }} as reads
    left join built on reads.account_id = built.account_id
    where built.loaded_at is null or reads.loaded_at > built.loaded_at
),

touched as (
    select
        reads.*,
        calendar.local_day::date as date_day
    from reads
    cross join lateral generate_series(
        {{ local_date('reads.window_start', 'reads.timezone') }}::timestamp,
        {{ local_date('reads.window_end', 'reads.timezone') }}::timestamp,
        interval '1 day'
    ) as calendar (local_day)
),

covered as (
    select *
    from touched
    where
        {{ local_day_start('date_day', 'timezone') }} >= window_start
        and {{ local_day_start('date_day', 'timezone') }} < window_end
),

final as (
    select
        account_id,
        metric_id,
        breakdown,
        bucket,
        date_day,
        max(read_at) as read_at,
        bool_or({{ local_day_start('date_day + 1', 'timezone') }} <= window_end) as is_whole,
        max(loaded_at) as loaded_at
    from covered
    group by account_id, metric_id, breakdown, bucket, date_day
)

select * from final
