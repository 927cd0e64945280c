{{ config(pre_hook=hash_joins()) }}

-- One number per day for every metric that a report counts: what Klaviyo said, 0 where it was asked and said nothing,
-- null where it was not asked, or where its answer lacks the count, or the amount of a metric that is counted in money.
with

spine as (
    select * from {{ ref('int_account_days') }}
),

metrics as (
    select * from {{ ref('int_metrics') }} where role <> 'not_counted'
),

days_read as (
    select * from {{ ref('int_known_metric_days') }} where breakdown = 'total' and bucket = 'day'
),

aggregates as (
    select * from {{ ref('int_metric_aggregates') }} where breakdown = 'total' and bucket = 'day'
),

known as (
    select
        spine.account_id,
        spine.date_day,
        metrics.metric_id,
        metrics.role,
        metrics.is_fallback,
        days_read.read_at is not null
        and (
            aggregates.account_id is null
            or (
                aggregates.event_count is not null
                and (aggregates.sum_value is not null or metrics.role not in ('revenue', 'refund'))
            )
        ) as is_known,
        aggregates.event_count,
        aggregates.unique_profiles,
        aggregates.sum_value
    from spine
    inner join metrics on spine.account_id = metrics.account_id
    left join days_read
        on
            spine.account_id = days_read.account_id
            and metrics.metric_id = days_read.metric_id
            and spine.date_day = days_read.date_day
    left join aggregates
        on
            days_read.account_id = aggregates.account_id
            and days_read.metric_id = aggregates.metric_id
            and days_read.date_day = aggregates.date_day
),

final as (
    select
        account_id,
        metric_id,
        date_day,
        role,
        is_fallback,
        is_known,
        case when is_known then coalesce(event_count, 0) end as event_count,
        case when is_known then coalesce(unique_profiles, 0) end as unique_profiles,
        case when is_known then coalesce(sum_value, 0) end as sum_value
    from known
)

select * from final
