-- Which days lack something that a report needs. What counts is every series that feeds a number, a metric's total or a
-- breakdown, if Klaviyo has ever answered it for the account. One that it refuses leaves no hole; its columns are null
-- for good. But before a run has come to its end, nobody knows what it refuses.
with

spine as (
    select * from {{ ref('int_account_days_spined') }}
),

metrics as (
    select * from {{ ref('int_metrics_classified') }}
    where
        role in (
            'email_delivered', 'email_opened', 'email_clicked', 'email_bounced', 'email_marked_as_spam',
            'email_unsubscribed', 'email_subscribed', 'sms_delivered', 'sms_clicked', 'sms_subscribed',
            'revenue', 'refund'
        )
),

days_read as (
    select * from {{ ref('int_metric_days_read') }}
    where bucket = 'day' and breakdown in ('total', '$value_currency', '$attributed_message,$attributed_flow')
),

runs as (
    select distinct account_id from {{ ref('stg_klaviyo__sync_log') }}
    where stream = 'metric_aggregates' and status in ('ok', 'partial')
),

series as (
    select
        account_id,
        metric_id,
        days_read.breakdown
    from days_read
    inner join metrics using (account_id, metric_id)
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
        spine.account_id,
        spine.date_day,
        days_read.read_at is not null as is_present
    from spine
    inner join series on spine.account_id = series.account_id
    left join days_read
        on
            spine.account_id = days_read.account_id
            and spine.date_day = days_read.date_day
            and series.metric_id = days_read.metric_id
            and series.breakdown = days_read.breakdown
),

absences as (
    select
        account_id,
        date_day
    from expected
    group by account_id, date_day
    having not bool_and(is_present)
),

final as (
    select
        spine.*,
        absences.account_id is not null as is_missing
    from spine
    left join absences on spine.account_id = absences.account_id and spine.date_day = absences.date_day
)

select * from final
