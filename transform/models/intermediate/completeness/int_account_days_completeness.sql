-- Which days lack something that a report needs: a series that feeds a number, a metric's total or a breakdown, was not
-- read, though Klaviyo has answered it for the account before. A series that Klaviyo always rejects is not a gap: its
-- columns stay null. Until a first run has finished, it is not known which ones are rejected, so every total is
-- expected. A number whose metric is missing, though the account must have it, is missing on every day. A day is whole
-- if it lacks nothing and had ended when each series was read.
with

metrics as (
    select distinct
        account_id,
        metric_id
    from {{ ref('int_metrics') }}
    where role in ('revenue', 'refund', {{ client_roles() }})
),

days_read as (
    select * from {{ ref('int_series_days') }} where feeds = 'all'
),

runs as (
    select distinct account_id from {{ ref('stg_klaviyo__sync_log') }}
    where stream = 'metric_aggregates' and status in ('ok', 'partial')
),

series as (
    select
        account_id,
        metric_id,
        breakdown
    from days_read
    union
    select
        account_id,
        metrics.metric_id,
        'total' as breakdown
    from metrics
    left join runs using (account_id)
    where runs.account_id is null
),

expected as (
    select
        account_id,
        count(*) as series_count
    from series
    group by account_id
),

present as (
    select
        account_id,
        date_day,
        count(*) as series_count,
        count(*) filter (where is_whole) as whole_series_count
    from days_read
    group by account_id, date_day
),

unknown as (
    select distinct account_id from {{ ref('int_role_status') }}
    where is_unknown and role in ({{ client_roles() }})
),

final as (
    select
        spine.*,
        coalesce(present.series_count, 0) < coalesce(expected.series_count, 0)
        or unknown.account_id is not null as is_missing,
        spine.is_over
        and coalesce(present.whole_series_count, 0) >= coalesce(expected.series_count, 0)
        and unknown.account_id is null as is_whole
    from {{ ref('int_account_days') }} as spine
    left join unknown on spine.account_id = unknown.account_id
    left join expected on spine.account_id = expected.account_id
    left join present on spine.account_id = present.account_id and spine.date_day = present.date_day
)

select * from final
