{{ config(materialized='table') }}

-- A table, because most models begin here. When Klaviyo restates a day, a group that no longer exists is not sent
-- again as zero: it is not sent at all, and its old row stays in the raw table. A row older than the last read of its
-- day is such a leftover.
with

source as (
    select * from {{ source('tap_klaviyo', 'metric_aggregates') }}
),

days_read as (
    select * from {{ ref('stg_klaviyo__metric_days_read') }}
),

renamed as (
    select
        account_id,
        metric_id,

        breakdown,
        "interval" as bucket,
        dimension_key,
        timezone,

        count as event_count,
        unique_profiles,
        sum_value,

        dimensions,

        date as date_day,
        period_start,
        read_at
    from source
),

still_true as (
    select renamed.*
    from renamed
    left join days_read
        on
            renamed.account_id = days_read.account_id
            and renamed.metric_id = days_read.metric_id
            and renamed.breakdown = days_read.breakdown
            and renamed.bucket = days_read.bucket
            and renamed.date_day = days_read.date_day
    where days_read.read_at is null or renamed.read_at >= days_read.read_at
)

select * from still_true
