{{ config(
    materialized='incremental',
    incremental_strategy='replace_days_asked',
    indexes=[
        {'columns': ['account_id', 'metric_id', 'breakdown', 'date_day', 'bucket', 'dimension_key'], 'unique': true},
        {'columns': ['date_day', 'account_id']},
        {'columns': ['account_id', 'loaded_at']},
        {'columns': ['account_id', 'day_loaded_at']}
    ]
) }}
-- depends_on: {{ ref('stg_klaviyo__accounts') }}

-- A table, because most models begin here. When Klaviyo restates a day, a group that no longer exists is not sent
-- again as zero: it is not sent at all, and its old row stays in the raw table. A row older than the last read of its
-- day is such a leftover.
with

source as (
    {%- if is_incremental() %}
        select source.*
        from ({{ days_asked_since_last_build() }}) as changes
        {{ join_few(
            source('tap_klaviyo', 'metric_aggregates'), 'source',
            'changes.account_id = source.account_id and changes.date_day = source.date'
        ) }}
    {%- else %}
        select * from {{ source('tap_klaviyo', 'metric_aggregates') }}
    {%- endif %}
),

days_read as (
    select * from {{ ref('int_metric_day_reads') }}
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
        dimension_key,
        known_timezone as timezone,

        count as event_count,
        unique_profiles,
        sum_value,

        dimensions,

        date as date_day,
        period_start,
        read_at,
        _sdc_batched_at as loaded_at
    from zoned
),

still_true as (
    select
        renamed.*,
        days_read.loaded_at as day_loaded_at
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
